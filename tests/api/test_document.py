"""The whole bank held to its own description, by what Schemathesis makes up: valid, invalid, at the bounds.

Nothing ends in a fault of ours, every answer is a described one, nothing invalid is taken, no token is made up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import Failure
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemathesis import Case
    from schemathesis.checks import CheckFunction
    from schemathesis.schemas import BaseSchema

    from runtime.local.stack import Stack

pytestmark = pytest.mark.servers
load_all_checks()

CHECKS = [
    *(not_a_server_error, status_code_conformance, content_type_conformance),
    *(response_headers_conformance, response_schema_conformance, negative_data_rejection),
]
STREAM = "/api/events"  # ends with its token, not before; tested in test_api.py and test_sign_ins.py
SEED = 20261121
BOUNDED = settings(
    derandomize=True, database=None, max_examples=4, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def described(bank: str) -> BaseSchema:
    config = schemathesis.Config.from_dict(
        {
            "seed": SEED,
            "generation": {"deterministic": True},
            "phases": {"coverage": {"unexpected-methods": []}},
        }
    )
    return schemathesis.openapi.from_url(f"{bank}/openapi.json", config=config).exclude(path=STREAM)


class Person:
    """Somebody's token; a fresh one where the last was signed out on the way. A stranger has none."""

    def __init__(self, bank: str, user: str, password: str) -> None:
        self._login = (f"{bank}/api/login", {"username": user, "password": password})
        self._stranger = not user
        self._token = ""
        self._calls = 0
        self._known: dict[str, str] = {}

    def headers(self) -> dict[str, str]:
        if self._stranger:
            return {}
        if not self._token:
            where, given = self._login
            signed_in = httpx.post(where, json=given, timeout=60)
            assert signed_in.status_code == 200, signed_in.text
            self._token = signed_in.json()["access_token"]
        return {"Authorization": f"Bearer {self._token}"}

    def heard(self, status: int) -> None:
        if status == 401:
            self._token = ""

    def meant(self, case: Case) -> None:
        """Every other id that could be one is one that there is, so that what lies behind it is reached as well."""
        self._calls += 1
        if self._calls % 2 and case.meta and case.meta.generation.mode is GenerationMode.POSITIVE:
            own = {name: value for name, value in self._known.items() if name in case.path_parameters}
            case.path_parameters.update(own)

    def order(self, bank: str) -> None:
        """A conversation in which a question is open."""
        with httpx.Client(base_url=bank, headers=self.headers(), timeout=60) as client:
            session = client.post("/api/conversations", json={"new": True}).json()["session_id"]
            said = client.post(f"/api/conversations/{session}/turns", json={"text": "pay Sarah Chen nine dollars"})
            question = said.json()["replies"][-1]["elicitation"]["elicitation_id"]
            payment = client.get("/api/payments").json()["payments"][0]["payment_id"]
            account = client.get("/api/accounts").json()["accounts"][0]["account_id"]
        self._known = {"session_id": session, "elicitation_id": question, "payment_id": payment, "account_id": account}


@pytest.fixture(scope="module")
def person(bank: str, typed_bank: Stack) -> Callable[[str], Person]:
    return lambda user: Person(bank, user, typed_bank.env["COUNTERSIGN_DEMO_PASSWORD"])


def held_to_the_document(bank: str, described: BaseSchema, person: Person, *more: CheckFunction) -> None:
    """Every operation, at the bounds of its schema first, then at random; all findings at once."""
    found: list[str] = []
    for made in described.get_all_operations():
        operation = made.ok()
        project = operation.schema.config
        modes = [HypothesisTestMode.COVERAGE, HypothesisTestMode.FUZZING]
        config = HypothesisTestConfig(project=project, modes=modes, explicit_settings=BOUNDED, seed=SEED)
        try:
            create_test(operation=operation, test_func=_check(bank, person, more), config=config)()
        except (AssertionError, Failure, BaseExceptionGroup) as error:
            found.append(f"{operation.label}: {_told(error)}")
    assert not found, "\n\n".join(found)


def _check(bank: str, person: Person, more: Sequence[CheckFunction]) -> Callable[[Case], None]:
    def checked(case: Case) -> None:
        headers = person.headers()
        person.meant(case)
        answer = case.call_and_validate(base_url=bank, headers=headers, checks=[*CHECKS, *more], timeout=60)
        person.heard(answer.status_code)
        if answer.status_code >= 400 and case.operation.path != "/health":
            assert answer.headers["content-type"] == ["application/problem+json"]
            assert re.fullmatch(r"[a-z_]+", answer.json()["code"])
            assert answer.json()["status"] == answer.status_code
        if not headers and case.operation.definition.raw.get("security"):
            assert answer.status_code in {400, 401, 405, 413, 415, 422}

    return checked


def _told(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_told(each) for each in error.exceptions)
    return f"{type(error).__name__}: {error}"


def test_a_stranger(bank: str, described: BaseSchema, person: Callable[[str], Person]) -> None:
    held_to_the_document(bank, described, person(""))


def test_a_customer(bank: str, described: BaseSchema, person: Callable[[str], Person]) -> None:
    maya = person("maya")
    maya.order(bank)
    held_to_the_document(bank, described, maya, ignored_auth)


def test_compliance(bank: str, described: BaseSchema, person: Callable[[str], Person]) -> None:
    held_to_the_document(bank, described.include(path_regex="^/codec/"), person("cora"))


def test_a_supervisor(bank: str, described: BaseSchema, person: Callable[[str], Person]) -> None:
    held_to_the_document(bank, described, person("sam"))

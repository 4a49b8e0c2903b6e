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

from api.app import application
from api.compose import services
from runtime.settings import Settings
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
    derandomize=True, database=None, max_examples=6, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def bank(typed_bank: Stack) -> Iterator[str]:
    """The api over the whole bank's servers, without its limits, which have tests of their own."""
    given = {name.removeprefix("COUNTERSIGN_").lower(): value for name, value in typed_bank.env.items()}
    given["database_url"] = typed_bank.site.database_url("countersign_api")
    given |= {"rate_anonymous": "", "rate_writes": "", "environment": "test", "login_pair_tries": "100000", "login_address_tries": "100000"}
    chosen = Settings(**{name: value for name, value in given.items() if name in Settings.model_fields})
    with serving(application(chosen, services(chosen))) as url:
        yield url


@pytest.fixture(scope="module")
def described(bank: str) -> BaseSchema:
    config = schemathesis.Config.from_dict({"seed": SEED, "generation": {"deterministic": True}})
    return schemathesis.openapi.from_url(f"{bank}/openapi.json", config=config).exclude(path=STREAM)


class Person:
    """Somebody's token; a fresh one where the last was signed out on the way. A stranger has none."""

    def __init__(self, bank: str, user: str, password: str) -> None:
        self._login = (f"{bank}/api/login", {"username": user, "password": password})
        self._stranger = not user
        self._token = ""

    def headers(self) -> dict[str, str]:
        if self._stranger:
            return {}
        if not self._token:
            where, given = self._login
            self._token = httpx.post(where, json=given, timeout=20).json()["access_token"]
        return {"Authorization": f"Bearer {self._token}"}

    def heard(self, status: int) -> None:
        if status == 401:
            self._token = ""


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
        answer = case.call_and_validate(base_url=bank, headers=headers, checks=[*CHECKS, *more], timeout=20)
        person.heard(answer.status_code)
        if answer.status_code >= 400 and case.operation.path != "/health":
            assert answer.headers["content-type"] == ["application/problem+json"]
            assert re.fullmatch(r"[a-z_]+", answer.json()["code"])
            assert answer.json()["status"] == answer.status_code
        if not headers and case.operation.definition.raw.get("security"):
            assert answer.status_code in {400, 401, 405, 413}

    return checked


def _told(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_told(each) for each in error.exceptions)
    return f"{type(error).__name__}: {error}"


def test_a_stranger(bank: str, described: BaseSchema, person: Callable[[str], Person]) -> None:
    held_to_the_document(bank, described, person(""))


def test_a_customer(bank: str, described: BaseSchema, person: Callable[[str], Person]) -> None:
    held_to_the_document(bank, described, person("maya"), ignored_auth)


def test_a_supervisor(bank: str, described: BaseSchema, person: Callable[[str], Person]) -> None:
    held_to_the_document(bank, described, person("sam"))

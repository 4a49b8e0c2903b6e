"""Standing mandates at the api, with a real Postgres; Temporal is down, which keeps nobody from revoking."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Database

pytestmark = pytest.mark.servers
WANTED = {"payees": ["City Power"], "budget": "100.00", "period": "month"}
_GIVEN = """INSERT INTO mandates (mandate_id, user_id, tenant_id, customer_ref, version, budget_minor, budget, currency,
        period, payee_accounts, payee_names, account_name, mandate_hash, countersigns, policy_version, digest, state)
    VALUES (%s, %s, 'demo', 'ref', 1, 10000, '100.00', 'USD', 'month', '{acct_x}', '{City Power}', 'any', 'h', '{otp}',
        'v', 'd', 'ACTIVE')"""


@pytest.fixture
def given(migrated: Database, api: str) -> Callable[[str], str]:
    """A mandate of this user's that stands; its id."""
    del api

    def stands(user_id: str) -> str:
        mandate_id = uuid4().hex
        with psycopg.connect(migrated.owner_url, autocommit=True) as connection:
            connection.execute(_GIVEN, [mandate_id, user_id])
        return mandate_id

    return stands


def test_a_customer_sees_and_revokes_their_own_even_while_temporal_is_down(
    maya: httpx.Client, given: Callable[[str], str]
) -> None:
    mandate_id = given("user_maya")
    listed = maya.get("/api/mandates").json()["mandates"]
    [mine] = [each for each in listed if each["mandate_id"] == mandate_id]
    assert (mine["state"], mine["payees"], mine["left_minor"]) == ("ACTIVE", ["City Power"], 10000)
    assert maya.get(f"/api/mandates/{mandate_id}").json() == mine
    for _ in range(2):
        answer = maya.delete(f"/api/mandates/{mandate_id}")
        assert (answer.status_code, answer.json()["state"]) == (200, "REVOKED")


def test_nobody_elses_is_there(maya: httpx.Client, given: Callable[[str], str]) -> None:
    theirs = given("user_omar")
    assert theirs not in {each["mandate_id"] for each in maya.get("/api/mandates").json()["mandates"]}
    for answer in (maya.get(f"/api/mandates/{theirs}"), maya.delete(f"/api/mandates/{theirs}")):
        assert (answer.status_code, answer.json()["code"]) == (404, "mandate_not_found")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("mandate_id", ["none", "a%20b", "a" * 65, "%00"])
def test_an_id_that_is_none(maya: httpx.Client, method: str, mandate_id: str) -> None:
    answer = maya.request(method, f"/api/mandates/{mandate_id}")
    assert answer.status_code in {404, 422}
    assert answer.json()["code"] in {"mandate_not_found", "invalid_request"}


@pytest.mark.parametrize(
    "changes",
    [
        {"payees": []},
        {"payees": ["x"] * 11},
        {"payees": ["a\nb"]},
        {"payees": "City Power"},
        {"budget": 100.5},
        {"budget": None},
        {"period": "m" * 11},
        {"mandate_id": "a b"},
        {"ends_on": "2" * 11},
    ],
)
def test_what_does_not_fit_is_refused(maya: httpx.Client, changes: dict[str, object]) -> None:
    answer = maya.post("/api/mandates", json=WANTED | changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_without_temporal_none_is_set_up(maya: httpx.Client) -> None:
    answer = maya.post("/api/mandates", json=WANTED)
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")


@pytest.mark.parametrize("user", ["", "sam"])
def test_only_customers(sign_in: Callable[[str], httpx.Client], user: str) -> None:
    client = sign_in(user)
    expected = 403 if user else 401
    answers = (client.post("/api/mandates", json=WANTED), client.delete("/api/mandates/m"))
    assert {answer.status_code for answer in answers} == {expected}

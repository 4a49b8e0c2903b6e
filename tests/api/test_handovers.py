"""Customers who were passed on: who sees them, who may look after them, and what is refused and written down."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.ear import fit_for_the_ear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from tests.conftest import Database

pytestmark = pytest.mark.servers
SETTLED = {"outcome": "settled", "note": "explained about account 998877665544"}


@pytest.fixture
def books(migrated: Database, api: str) -> Iterator[psycopg.Connection]:
    del api
    with psycopg.connect(migrated.owner_url, autocommit=True) as owner:
        yield owner


@pytest.fixture
def passed_on(books: psycopg.Connection) -> Callable[..., str]:
    """A customer who waits, as the worker's activity passes them on; the case's id."""

    def opened(user_id: str = "user_maya", session_id: str = "") -> str:
        order = {
            "case_id": f"case-{uuid4().hex}", "user_id": user_id, "session_id": session_id or f"text_{uuid4().hex}",
            "room_name": "", "reason": "asked", "dialogue_state": "confirming", "summary": "customer: a person please",
        }  # fmt: skip
        row = books.execute("SELECT open_handover(%s)", [Jsonb(order)]).fetchone()
        assert row is not None
        return str(row[0])

    return opened


def audited(books: psycopg.Connection, case_id: str) -> list[tuple[str, str]]:
    rows = books.execute("SELECT actor, action FROM audit WHERE subject_id = %s ORDER BY audit_id", [case_id])
    return rows.fetchall()


def test_a_session_has_one_case_however_often_it_is_opened(passed_on: Callable[..., str]) -> None:
    session_id = f"text_{uuid4().hex}"
    assert passed_on(session_id=session_id) == passed_on(session_id=session_id)


def test_a_case_is_claimed_and_closed_by_one_person(
    sign_in: Callable[[str], httpx.Client], passed_on: Callable[..., str], books: psycopg.Connection
) -> None:
    case_id, sam, sue = passed_on(), sign_in("sam"), sign_in("sue")
    listed = {each["case_id"]: each for each in sam.get("/api/handovers").json()["handovers"]}
    assert listed[case_id]["summary"] == "customer: a person please"
    early = sam.post(f"/api/handovers/{case_id}/close", json=SETTLED)
    assert (early.status_code, early.json()["code"]) == (409, "handover_not_claimed")
    for _ in range(2):
        claimed = sam.post(f"/api/handovers/{case_id}/claim")
        assert claimed.status_code == 200, claimed.text
        assert claimed.json()["room"] is None
        assert claimed.json()["phone"].startswith("+")
    other = sue.post(f"/api/handovers/{case_id}/claim")
    assert (other.status_code, other.json()["code"]) == (409, "handover_claimed")
    assert fit_for_the_ear(other.json()["sentence"])
    for _ in range(2):
        closed = sam.post(f"/api/handovers/{case_id}/close", json=SETTLED)
        assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert closed.json()["note"] == "explained about account ****5544"
    again = sue.post(f"/api/handovers/{case_id}/close", json=SETTLED)
    assert (again.status_code, again.json()["code"]) == (409, "handover_closed")
    assert audited(books, case_id)[-2:] == [("user_sam", "handover.closed"), ("user_sue", "handover.refused")]


def test_only_a_supervisor_and_never_of_themself(
    sign_in: Callable[[str], httpx.Client], passed_on: Callable[..., str], books: psycopg.Connection
) -> None:
    theirs, own = passed_on(), passed_on("user_sam")
    for who in ("maya", "cora"):
        for answer in (sign_in(who).get("/api/handovers"), sign_in(who).post(f"/api/handovers/{theirs}/claim")):
            assert (answer.status_code, answer.json()["code"]) == (403, "not_a_supervisor")
    sam = sign_in("sam")
    assert own not in {each["case_id"] for each in sam.get("/api/handovers").json()["handovers"]}
    refused = sam.post(f"/api/handovers/{own}/claim")
    assert (refused.status_code, refused.json()["code"]) == (403, "own_case")
    assert audited(books, own)[-1] == ("user_sam", "handover.refused")
    nobody = sam.post("/api/handovers/nothing/claim")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "handover_not_found")


def test_another_tenants_case_is_not_there(
    sign_in: Callable[[str], httpx.Client], passed_on: Callable[..., str], books: psycopg.Connection
) -> None:
    case_id = passed_on()
    books.execute("UPDATE handovers SET tenant_id = 'another' WHERE case_id = %s", [case_id])
    sam = sign_in("sam")
    assert case_id not in {each["case_id"] for each in sam.get("/api/handovers").json()["handovers"]}
    assert sam.post(f"/api/handovers/{case_id}/claim").status_code == 404

"""The supervisors' desk over a real socket: who gets in, what is refused and written down. Temporal is down."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from adapters.edge.idempotency import Idempotency, Keyed
from adapters.tokens import Principal
from api.routers import approvals
from domain.errors import UnavailableError
from tests.api.conftest import PASSWORD
from tests.ear import fit_for_the_ear
from tests.fakes.keys import FakeKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from domain.approvals import Said
    from tests.conftest import Database

pytestmark = pytest.mark.servers
LATER = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
ONE = "p1-supervisor_approval_1-1"
YES = {"decision": "approve", "version": 1}


@pytest.fixture
def books(migrated: Database, api: str) -> Iterator[psycopg.Connection]:
    del api
    with psycopg.connect(migrated.owner_url, autocommit=True) as owner:
        yield owner


@pytest.fixture
def waits(books: psycopg.Connection) -> Callable[..., None]:
    """Put an open approval there, as its workflow would; what was there is forgotten."""

    def opened(approval_id: str = ONE, **changes: object) -> None:
        row = {
            "elicitation_id": approval_id, "payment_id": approval_id, "tenant_id": "demo", "maker": "user_maya",
            "payer_name": "Maya Lindqvist", "version": 1, "transaction_hash": "f" * 64, "round": 1, "needed": 1,
            "amount_minor": 6_000_00, "amount": "6000.00", "currency": "USD", "payee": "Sarah Chen",
            "account": "savings", "reason": "r", "policy_version": "v", "approver_group": "supervisors",
            "state": "open", "due_at": LATER, "claimed_by": "", "decided_by": "", "on_behalf_of": "", "note": "",
            "response_id": "", "created_at": LATER,
        } | changes  # fmt: skip
        with books.transaction():
            books.execute("SET LOCAL session_replication_role = replica")
            books.execute("DELETE FROM approvals")
            books.execute(
                "INSERT INTO approvals SELECT * FROM jsonb_populate_record(NULL::approvals, %s::jsonb)",
                [json.dumps(row)],
            )

    return opened


def refusals(books: psycopg.Connection, actor: str) -> list[str]:
    rows = books.execute(
        "SELECT detail ->> 'outcome' FROM audit WHERE action = 'approval.attempted' AND actor = %s ORDER BY audit_id",
        [actor],
    )
    return [code for (code,) in rows.fetchall()]


REFUSED = [
    ("sam", {}, YES, 503, "service_unavailable"),  # all is well so far, and Temporal is down
    ("sam", {"maker": "user_sam"}, YES, 403, "self_approval"),
    ("sam", {"amount_minor": 10_000_01}, YES, 403, "over_supervisor_limit"),
    ("sam", {"approver_group": "senior_supervisors"}, YES, 403, "not_your_group"),
    ("sue", {"approver_group": "senior_supervisors"}, YES, 503, "service_unavailable"),
    ("sam", {}, YES | {"version": 2}, 409, "stale_version"),
    ("sam", {}, {"decision": "refuse", "version": 1}, 422, "note_required"),
    ("sam", {"claimed_by": "user_sue", "claimed_until": LATER}, YES, 409, "approval_claimed"),
    ("sam", {"state": "approved", "decided_by": "user_sue"}, YES, 409, "already_decided"),
    ("sam", {"state": "expired"}, YES, 409, "approval_closed"),
    ("sam", {"due_at": "2026-01-01T00:00:00+00:00"}, YES, 409, "approval_closed"),
    ("sam", {"tenant_id": "another"}, YES, 404, "approval_not_found"),
    ("maya", {}, YES, 403, "not_a_supervisor"),
    ("cora", {}, YES, 403, "not_a_supervisor"),
]


@pytest.mark.parametrize(("who", "row", "body", "status", "code"), REFUSED)
def test_a_decision_is_refused_with_a_code_and_a_sentence_and_audited(  # noqa: PLR0913, PLR0917 - a table's columns
    sign_in: Callable[[str], httpx.Client],
    waits: Callable[..., None],
    books: psycopg.Connection,
    who: str,
    row: dict[str, object],
    body: dict[str, object],
    status: int,
    code: str,
) -> None:
    waits(**row)
    before = refusals(books, f"user_{who}")
    answer = sign_in(who).post(f"/api/approvals/{ONE}/decision", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert fit_for_the_ear(answer.json()["sentence"])
    written = [] if status == 503 else [code]
    assert refusals(books, f"user_{who}")[len(before) :] == written
    assert books.execute("SELECT decided_at FROM approvals").fetchall() == [(None,)]


async def test_a_decision_sent_again_under_its_key_is_the_same_decision() -> None:
    given: list[str] = []

    async def decide(_approval_id: str, _user_id: str, _said: Said, response_id: str) -> None:
        given.append(response_id)  # and may be taken, though its reply is lost
        raise UnavailableError

    async def execute() -> None:
        services = SimpleNamespace(approvals=SimpleNamespace(decide=decide))
        await approvals.decide(ONE, approvals.Decision(**YES), Principal("u", "", frozenset({"approve"})), services)

    desk = Idempotency(FakeKeys(), wait_s=1)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await desk.once(Keyed("api", "u", "key", b""), execute)
    assert given == [given[0]] * 2


def test_a_role_revoked_while_looking_at_it(
    sign_in: Callable[[str], httpx.Client], waits: Callable[..., None], books: psycopg.Connection
) -> None:
    waits()
    sam = sign_in("sam")
    assert sam.get(f"/api/approvals/{ONE}").status_code == 200
    books.execute("UPDATE users SET role = 'customer' WHERE user_id = 'user_sam'")
    try:
        for method, path, body in (
            ("GET", "/api/approvals", None),
            ("GET", f"/api/approvals/{ONE}", None),
            ("POST", f"/api/approvals/{ONE}/claim", {}),
            ("POST", f"/api/approvals/{ONE}/decision", YES),
            ("POST", "/api/delegations", {"to": "sue", "until": LATER}),
        ):
            answer = sam.request(method, path, json=body)
            assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_ended")
            assert fit_for_the_ear(answer.json()["sentence"])
        assert refusals(books, "user_sam")[-1] == "sign_in_ended"
        assert books.execute("SELECT decided_at FROM approvals").fetchall() == [(None,)]
    finally:
        books.execute("UPDATE users SET role = 'supervisor' WHERE user_id = 'user_sam'")


def test_the_maker_with_the_role_and_two_sessions_is_still_the_maker(
    sign_in: Callable[[str], httpx.Client], waits: Callable[..., None], books: psycopg.Connection
) -> None:
    waits()
    books.execute("UPDATE users SET role = 'supervisor' WHERE user_id = 'user_maya'")
    books.execute("INSERT INTO supervisors VALUES ('user_maya', 'senior_supervisors', 9000000)")
    try:
        for _ in range(2):
            answer = sign_in("maya").post(f"/api/approvals/{ONE}/decision", json=YES)
            assert (answer.status_code, answer.json()["code"]) == (403, "self_approval")
    finally:
        books.execute("DELETE FROM supervisors WHERE user_id = 'user_maya'")
        books.execute("UPDATE users SET role = 'customer' WHERE user_id = 'user_maya'")


def test_the_list_is_for_supervisors(sign_in: Callable[[str], httpx.Client], waits: Callable[..., None]) -> None:
    waits()
    [shown] = sign_in("sam").get("/api/approvals?amount_min=600000&group=supervisors").json()["approvals"]
    assert (shown["approval_id"], shown["payee"], shown["reason"]) == (ONE, "Sarah Chen", "r")
    assert "maker" not in shown
    assert sign_in("sam").get("/api/approvals?amount_max=1").json() == {"approvals": [], "next_cursor": ""}
    for who in ("maya", "cora", "ada"):
        answer = sign_in(who).get("/api/approvals")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_a_supervisor")


BAD = [
    ("GET", "/api/approvals?state=lost", None, "invalid_request"),
    ("GET", "/api/approvals?limit=0", None, "invalid_request"),
    ("GET", "/api/approvals?limit=100000", None, "invalid_request"),
    ("GET", "/api/approvals?due_after=tomorrow", None, "invalid_request"),
    ("GET", "/api/approvals?due_after=2026-11-21T10:00:00", None, "invalid_request"),
    ("GET", "/api/approvals?amount_min=99999999999999999999", None, "invalid_request"),
    ("GET", "/api/approvals?cursor=424242", None, "invalid_request"),
    ("GET", "/api/approvals?payee=%00", None, "invalid_request"),
    ("GET", "/api/approvals/no.such", None, "invalid_request"),
    ("POST", "/api/approvals/none/claim", {}, "approval_not_found"),
    ("POST", "/api/approvals/none/release", {}, "approval_not_found"),
    ("POST", "/api/approvals/none/decision", YES, "approval_not_found"),
    ("POST", f"/api/approvals/{ONE}/decision", YES | {"decision": "maybe"}, "invalid_request"),
    ("POST", f"/api/approvals/{ONE}/decision", {"decision": "approve"}, "invalid_request"),
    ("POST", f"/api/approvals/{ONE}/decision", YES | {"note": "n" * 501}, "invalid_request"),
    ("POST", f"/api/approvals/{ONE}/decision", YES | {"response_id": "a b"}, "invalid_request"),
    ("POST", "/api/delegations", {"to": "sue", "until": "2020-01-01T00:00:00Z"}, "delegation_invalid"),
    ("POST", "/api/delegations", {"to": "sue", "until": "2999-01-01T00:00:00Z"}, "delegation_invalid"),
    ("POST", "/api/delegations", {"to": "sam", "until": LATER}, "delegation_invalid"),
    ("POST", "/api/delegations", {"to": "maya", "until": LATER}, "delegation_invalid"),
    ("POST", "/api/delegations", {"to": "nobody", "until": LATER}, "delegation_invalid"),
    ("DELETE", "/api/delegations/424242424242", None, "delegation_not_found"),
    ("DELETE", "/api/delegations/99999999999999999999", None, "invalid_request"),
]


@pytest.mark.parametrize(("method", "path", "body", "code"), BAD)
def test_bad_input(  # noqa: PLR0913, PLR0917 - a table's columns
    sign_in: Callable[[str], httpx.Client],
    waits: Callable[..., None],
    method: str,
    path: str,
    body: dict[str, Any] | None,
    code: str,
) -> None:
    waits()
    answer = sign_in("sam").request(method, path, json=body)
    assert answer.json()["code"] == code
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"maker": "user_sam"}, "self_approval"),
        ({"approver_group": "senior_supervisors"}, "not_your_group"),
        ({"amount_minor": 10_000_01}, "over_supervisor_limit"),
    ],
)
def test_nobody_keeps_from_others_what_they_could_not_decide(
    sign_in: Callable[[str], httpx.Client], waits: Callable[..., None], row: dict[str, object], code: str
) -> None:
    waits(**row)
    sam, sue = sign_in("sam"), sign_in("sue")
    answer = sam.post(f"/api/approvals/{ONE}/claim")
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert fit_for_the_ear(answer.json()["sentence"])
    assert sue.post(f"/api/approvals/{ONE}/claim").json()["claimed_by"] == "user_sue"


def test_claim_and_release(sign_in: Callable[[str], httpx.Client], waits: Callable[..., None]) -> None:
    waits()
    sam, sue = sign_in("sam"), sign_in("sue")
    assert sam.post(f"/api/approvals/{ONE}/claim").json()["claimed_by"] == "user_sam"
    for verb in ("claim", "release"):
        assert sue.post(f"/api/approvals/{ONE}/{verb}").json()["code"] == "approval_claimed"
    assert sue.post(f"/api/approvals/{ONE}/decision", json=YES).json()["code"] == "approval_claimed"
    assert sam.post(f"/api/approvals/{ONE}/release").json()["claimed_by"] == ""
    assert sue.post(f"/api/approvals/{ONE}/claim").json()["claimed_by"] == "user_sue"


def test_a_limit_is_lent_and_taken_back(sign_in: Callable[[str], httpx.Client], waits: Callable[..., None]) -> None:
    waits(amount_minor=12_000_00)
    sam, sue = sign_in("sam"), sign_in("sue")
    lent = sue.post("/api/delegations", json={"to": "sam", "until": LATER}).json()
    [shown] = sam.get("/api/delegations").json()["delegations"]
    assert (shown["from_user"], shown["to_user"]) == ("user_sue", "user_sam")
    decision = f"/api/approvals/{ONE}/decision"
    assert sam.post(decision, json=YES).json()["code"] == "service_unavailable"  # may, but Temporal is down
    assert sam.delete(f"/api/delegations/{lent['delegation_id']}").json()["code"] == "delegation_not_found"
    assert sue.delete(f"/api/delegations/{lent['delegation_id']}").json()["ended"] is True
    assert sam.post(decision, json=YES).json()["code"] == "over_supervisor_limit"


def test_staff_sign_in_with_their_scopes(api: str, sign_in: Callable[[str], httpx.Client]) -> None:
    del api
    answer = sign_in("").post("/api/login", json={"username": "sue", "password": PASSWORD}).json()
    assert answer["user"]["scopes"] == ["read", "approve"]


def happened(books: psycopg.Connection, event: str, number: int) -> str:
    """An event about the approval that is there, as its workflow's step would write it."""
    books.execute("SELECT emit_approval(a, %s, '', jsonb_build_object('n', %s::int)) FROM approvals a", [event, number])
    books.execute("SELECT count(*) FROM sequence_outbox(100)")
    return event


def heard(client: httpx.Client, after: int) -> list[str]:
    return [each["kind"] for each in client.get(f"/api/events/backlog?after={after}").json()["events"]]


# whose business it is, as the row stands: Sam's limit is 10,000.00, Sue's is higher, and her group the next
TOLD = [
    ({}, {"sam", "sue"}),
    ({"amount_minor": 10_000_01}, {"sue"}),
    ({"approver_group": "senior_supervisors"}, {"sue"}),
    ({"maker": "user_sam"}, {"sue"}),
    ({"tenant_id": "another"}, set()),
    ({"state": "cancelled"}, {"sam", "sue"}),
]


@pytest.mark.parametrize(("row", "who"), TOLD)
@pytest.mark.parametrize("event", ["approval.opened", "approval.escalated", "approval.voided"])
def test_who_may_decide_hears_of_it(  # noqa: PLR0913, PLR0917 - a table's columns
    sign_in: Callable[[str], httpx.Client],
    waits: Callable[..., None],
    books: psycopg.Connection,
    row: dict[str, object],
    who: set[str],
    event: str,
) -> None:
    waits(**row)
    people = {name: sign_in(name) for name in ("sam", "sue", "maya", "cora", "ada")}
    books.execute("SELECT count(*) FROM sequence_outbox(1000)")
    [(before,)] = books.execute("SELECT coalesce(max(seq), 0) FROM outbox").fetchall()
    happened(books, event, 1)
    assert {name for name, client in people.items() if heard(client, before) == [event]} == who
    assert {name for name, client in people.items() if heard(client, before)} == who
    body = people["sue"].get(f"/api/events/backlog?after={before}").text
    assert "user_maya" not in body
    assert "Lindqvist" not in body


def test_a_right_taken_away_is_gone_from_the_stream_at_once_and_one_lent_is_there(
    sign_in: Callable[[str], httpx.Client], waits: Callable[..., None], books: psycopg.Connection
) -> None:
    waits()
    sam = sign_in("sam")
    books.execute("SELECT count(*) FROM sequence_outbox(1000)")
    with sam.stream("GET", "/api/events") as stream:
        lines = (json.loads(each.removeprefix("data: ")) for each in stream.iter_lines() if each.startswith("data: "))
        happened(books, "approval.opened", 1)
        assert next(lines)["body"]["n"] == 1
        books.execute("UPDATE supervisors SET limit_minor = 1 WHERE user_id = 'user_sam'")
        try:
            happened(books, "approval.escalated", 2)
            assert heard(sam, 0).count("approval.escalated") == 0
            books.execute(
                "INSERT INTO delegations (from_user, to_user, until) VALUES ('user_sue', 'user_sam', now() + '1 hour')"
            )
            happened(books, "approval.voided", 3)
            assert heard(sam, 0)[-1] == "approval.voided"
        finally:
            books.execute("UPDATE supervisors SET limit_minor = 1000000 WHERE user_id = 'user_sam'")
            books.execute("DELETE FROM delegations")

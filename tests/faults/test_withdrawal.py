"""A payment is taken back: by two at once, too late, or by somebody whose it is not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from adapters.tokens import MCP_AUDIENCE, ServiceTokens, Signer
from runtime.local.stack import Stack
from tests.faults.conftest import Sit
from tests.faults.customer import Books, Typist, until

pytestmark = pytest.mark.servers


def waits_for_code(typist: Typist) -> tuple[str, str]:
    """The payment, and the code that was sent for it."""
    sent = len(typist.insist("GET", "/api/demo/inbox")["messages"])
    payment_id = typist.ask_for_payment()
    typist.say_until("yes", "awaiting_code")
    until(lambda: len(typist.insist("GET", "/api/demo/inbox")["messages"]) > sent, "the code")
    return payment_id, typist.code(payment_id)


def at_once(*calls: Callable[[], httpx.Response]) -> list[tuple[int, str]]:
    """Status and outcome of each."""
    found: dict[int, httpx.Response] = {}
    gate = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], httpx.Response]) -> None:
        gate.wait()
        found[place] = call()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = [found[place] for place in range(len(calls))]
    return [(each.status_code, _outcome(each.json())) for each in answers]


def _outcome(body: dict[str, str]) -> str:
    return body.get("code") or body.get("state") or body["status"]


def race(typist: Typist, books: Books, way: str) -> None:
    closed = "payment_closed" if "payments" in way else "elicitation_closed"
    payment_id, code = waits_for_code(typist)
    answered, withdrawn = at_once(
        lambda: typist.http.post(f"/api/elicitations/{payment_id}-otp-1/answer", json={"data": {"otp_code": code}}),
        lambda: typist.http.post(way.format(payment_id)),
    )
    state = until(lambda: (found := books.state(payment_id)) in {"COMPLETED", "CANCELLED"} and found, "the end")
    if state == "COMPLETED":
        assert (answered, withdrawn) == ((200, "completed"), (409, closed))
    else:
        # who takes a payment back is heard until the money moves, also just after the code was taken
        late = {(200, "completed")} if "payments" in way else set[tuple[int, str]]()
        assert answered in {(409, "elicitation_closed")} | late
        assert (withdrawn[0], withdrawn[1].lower()) == (200, "cancelled")
    assert ("post" in books.steps(payment_id)) == (state == "COMPLETED")
    typist.hears("Done" if state == "COMPLETED" else "ancelled")


@pytest.mark.parametrize("way", ["/api/payments/{}/cancel", "/api/elicitations/{}-otp-1/cancel"])
def test_of_a_code_and_a_withdrawal_at_once_one_wins_and_both_are_told(
    typed_bank: Stack, sit_down: Sit, way: str
) -> None:
    typist, books = sit_down(typed_bank), Books(typed_bank)
    for _ in range(5):
        race(typist, books, way)
    books.agree()


def test_what_has_ended_cannot_be_withdrawn_and_says_so(typed_bank: Stack, sit_down: Sit) -> None:
    typist = sit_down(typed_bank)
    payment_id, code = waits_for_code(typist)
    for _ in range(2):
        typist.http.post(f"/api/elicitations/{payment_id}-otp-1/answer", json={"data": {"otp_code": code}})
        for path, closed in (
            (f"/api/elicitations/{payment_id}-confirmation-1/cancel", "elicitation_closed"),
            (f"/api/elicitations/{payment_id}-otp-1/cancel", "elicitation_closed"),
            (f"/api/payments/{payment_id}/cancel", "payment_closed"),
        ):
            answer = typist.http.post(path)
            assert (answer.status_code, answer.json()["code"]) == (409, closed)


def test_another_customers_payment_is_not_there(typed_bank: Stack, sit_down: Sit) -> None:
    maya, omar = sit_down(typed_bank), sit_down(typed_bank, "omar")
    payment_id = maya.ask_for_payment()
    wish = {"payment_id": payment_id, "amount": "3.00", "from_account": "checking", "to_account": "Sarah Chen"}

    def asks(typist: Typist) -> tuple[int, str]:
        keys = typed_bank.site.layout.keys
        tokens = ServiceTokens(Signer.from_files(keys / "service.pem", keys / "jwks.json"))
        token = tokens.mint(f"user_{typist.user}", typist.session_id, ["transact"], [MCP_AUDIENCE])
        answer = httpx.post(
            f"{typed_bank.env['COUNTERSIGN_MCP_URL']}/mcp/payment",
            json=wish | {"description": uuid4().hex},
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        body = answer.json()
        heads = body.get("digests", {})
        assert (len({heads["recorded"], heads["sent"]}) == 2) if typist is maya else (heads == {})
        return answer.status_code, body["code"]

    for _ in range(2):  # while it waits, and once it has ended
        assert asks(maya) == (409, "idempotency_conflict")
        assert asks(omar) == (404, "payment_not_found")
        noted = "SELECT actor, detail ->> 'error_code' FROM audit WHERE subject_id = %s AND action = 'request.refused'"
        assert set(Books(typed_bank).rows(noted, payment_id)) == {
            ("user_maya", "idempotency_conflict"),
            ("user_omar", "payment_not_found"),
        }
        for method, path in (
            ("GET", f"/api/payments/{payment_id}"),
            ("POST", f"/api/payments/{payment_id}/cancel"),
            ("GET", f"/api/elicitations/{payment_id}-confirmation-1"),
            ("POST", f"/api/elicitations/{payment_id}-confirmation-1/cancel"),
            ("POST", f"/api/elicitations/{payment_id}-confirmation-1/answer"),
        ):
            theirs = omar.http.request(method, path, json={"data": {"confirmed": True}} if method == "POST" else None)
            nobodys = omar.http.request(
                method,
                path.replace(payment_id, str(uuid4())),
                json={"data": {"confirmed": True}} if method == "POST" else None,
            )
            assert theirs.status_code == nobodys.status_code == 404
            assert theirs.json() | {"trace_id": ""} == nobodys.json() | {"trace_id": ""}
        maya.http.post(f"/api/payments/{payment_id}/cancel")

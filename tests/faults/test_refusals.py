"""What cannot be done: one code each, in the audit, and nothing has moved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from adapters.tokens import MCP_AUDIENCE, ServiceTokens, Signer
from runtime.local.stack import Stack
from tests.faults.conftest import Sit
from tests.faults.customer import Books, Typist, until

pytestmark = pytest.mark.servers

WISH = {"amount": "1.00", "from_account": "checking", "to_account": "Sarah Chen"}


def asks(bank: Stack, typist: Typist, **wish: str) -> httpx.Response:
    """The tool's plain twin, as another client of the customer's."""
    keys = bank.site.layout.keys
    tokens = ServiceTokens(Signer.from_files(keys / "service.pem", keys / "jwks.json"))
    token = tokens.mint(f"user_{typist.user}", typist.session_id, ["transact"], [MCP_AUDIENCE])
    return httpx.post(
        f"{bank.env['COUNTERSIGN_MCP_URL']}/mcp/payment",
        json=WISH | wish,
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )


@pytest.fixture
def closing(typed_bank: Stack) -> Iterator[psycopg.Connection]:
    """The database's owner, and a payee of maya's whose account may be closed."""
    with psycopg.connect(typed_bank.env["COUNTERSIGN_MIGRATIONS_URL"], autocommit=True) as owner:
        owner.execute(
            """INSERT INTO accounts (account_id, kind, name, currency) VALUES ('acct_kim', 'checking', 'Kim', 'USD')
               ON CONFLICT (account_id) DO UPDATE SET closed_at = NULL"""
        )
        owner.execute(
            """INSERT INTO payees (payee_id, user_id, name, account_id, created_at)
               VALUES ('payee_maya_kim', 'user_maya', 'Kim Waters', 'acct_kim', now() - interval '90 days')"""
        )
        yield owner
        owner.execute("DELETE FROM payees WHERE payee_id = 'payee_maya_kim'")


@pytest.mark.parametrize(
    ("wish", "refused"),
    [
        ({"currency": "EUR"}, (422, "currency_mismatch")),
        ({"currency": "XXX"}, (422, "currency_mismatch")),
        ({"amount": "9000.00"}, (409, "insufficient_funds")),
        ({"amount": "0"}, (422, "amount_not_positive")),
        ({"amount": "1.001"}, (422, "amount_too_precise")),
        ({"to_account": "Nobody Known"}, (422, "unknown_payee")),
        ({"from_account": "offshore"}, (422, "unknown_account")),
        ({"to_account": "Kim Waters"}, (409, "account_closed")),
    ],
)
def test_each_has_its_code_and_its_line_in_the_audit(
    typed_bank: Stack, sit_down: Sit, closing: psycopg.Connection, wish: dict[str, str], refused: tuple[int, str]
) -> None:
    maya, books, payment_id = sit_down(typed_bank), Books(typed_bank), str(uuid4())
    closing.execute("UPDATE accounts SET closed_at = now() WHERE account_id = 'acct_kim'")
    for _ in range(2):
        answer = asks(typed_bank, maya, payment_id=payment_id, **wish)
        assert (answer.status_code, answer.json()["code"]) == refused
    noted = books.rows(
        "SELECT actor, detail ->> 'error_code' FROM audit WHERE subject_id = %s AND action = 'request.refused'",
        payment_id,
    )
    assert set(noted) == {("user_maya", refused[1])}
    assert books.steps(payment_id) == []
    books.agree()


def test_an_account_that_is_closed_while_a_payment_waits_gets_nothing(
    typed_bank: Stack, sit_down: Sit, closing: psycopg.Connection
) -> None:
    maya, books, payment_id = sit_down(typed_bank), Books(typed_bank), str(uuid4())
    question = asks(typed_bank, maya, payment_id=payment_id, to_account="Kim Waters").json()["elicitation"]
    maya.insist("POST", f"/api/elicitations/{question['elicitation_id']}/answer", {"data": {"confirmed": True}})
    until(lambda: books.steps(payment_id) == ["hold"], "the hold")
    closing.execute("UPDATE accounts SET closed_at = now() WHERE account_id = 'acct_kim'")
    code = until(lambda: code_of(maya, "Kim Waters"), "the code")
    maya.insist("POST", f"/api/elicitations/{payment_id}-otp-1/answer", {"data": {"otp_code": code}})
    until(lambda: books.state(payment_id) == "FAILED", "the end")
    assert maya.http.get(f"/api/payments/{payment_id}").json()["error_code"] == "account_closed"
    assert books.steps(payment_id) == ["hold", "void"]
    books.agree()


def code_of(typist: Typist, payee: str) -> str:
    """The one that was sent for a payment to this payee, once it was."""
    messages = typist.insist("GET", "/api/demo/inbox")["messages"]
    codes = [re.findall(r"\b\d{6}\b", each["body"]) for each in messages if payee in each["body"]]
    return codes[-1][0] if codes and codes[-1] else ""


def test_of_two_payments_that_the_account_cannot_bear_one_is_refused(typed_bank: Stack, sit_down: Sit) -> None:
    maya, books = sit_down(typed_bank), Books(typed_bank)
    accounts: list[dict[str, Any]] = maya.insist("GET", "/api/accounts")["accounts"]
    have = next(each["available_minor"] for each in accounts if each["kind"] == "checking")
    names = [str(uuid4()), str(uuid4())]
    amount = f"{have * 6 // 10 // 100}.00"
    questions = [
        asks(typed_bank, maya, payment_id=name, amount=amount).json()["elicitation"]["elicitation_id"] for name in names
    ]
    with ThreadPoolExecutor(2) as both:
        said = list(both.map(lambda each: yes(maya, each), questions))
    assert {answer.status_code for answer in said} == {200}
    until(lambda: sorted(books.steps(name) for name in names) == [[], ["hold"]], "one hold")
    poor = next(name for name in names if not books.steps(name))
    until(lambda: books.state(poor) == "FAILED", "the refusal")
    assert maya.http.get(f"/api/payments/{poor}").json()["error_code"] == "insufficient_funds"
    told = "SELECT detail ->> 'error_code' FROM audit WHERE subject_id = %s AND action = 'payment.failed'"
    assert books.rows(told, poor) == [("insufficient_funds",)]
    (rich,) = set(names) - {poor}
    maya.insist("POST", f"/api/payments/{rich}/cancel")
    until(lambda: books.steps(rich) == ["hold", "void"], "the release")
    books.agree()


def yes(typist: Typist, elicitation_id: str) -> httpx.Response:
    with httpx.Client(base_url=typist.http.base_url, headers=typist.http.headers, timeout=60) as own:
        return own.post(f"/api/elicitations/{elicitation_id}/answer", json={"data": {"confirmed": True}})

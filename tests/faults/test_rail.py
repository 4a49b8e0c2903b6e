"""A rail that says nothing, dies, is down, tells late and twice, and sends back: paid once, and told as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Books, Typist, await_all, kill, until

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(300)]
PAYEE = "Lakeside Dental"
Sit = Callable[..., Typist]


@pytest.fixture
def bank(typed_bank: Stack) -> Iterator[Stack]:
    await_all(typed_bank, ["rail", "temporal_worker"])
    yield typed_bank
    await_all(typed_bank, ["rail", "temporal_worker"])
    behave(typed_bank, "settle")


def ask(bank: Stack, verb: str, path: str, secret: str, **body: object) -> dict[str, list[dict[str, object]]]:
    headers = {"Authorization": f"Bearer {bank.site.secret(secret)}"}
    url = f"{bank.env['COUNTERSIGN_RAIL_URL']}{path}"
    return httpx.request(verb, url, headers=headers, json=body or None, timeout=60).raise_for_status().json()


def behave(bank: Stack, mode: str, after_s: float | None = None) -> None:
    ask(bank, "PUT", f"/admin/behaviours/{quote(PAYEE)}", "rail_admin", mode=mode, after_s=after_s)


def paid(bank: Stack, payment_id: str) -> list[object]:
    """What the rail has of this payment, under whatever key."""
    found = ask(bank, "GET", "/v1/payments?limit=1000", "rail_auth")["payments"]
    return [each["status"] for each in found if str(each["key"]).startswith(payment_id)]


def to_the_code(customer: Typist) -> str:
    reply = customer.say_until(f"pay {PAYEE} 2.50 dollars", "confirming")
    customer.say_until("yes", "awaiting_code")
    return str(reply["elicitation"]["tool_call_id"])


def test_a_worker_and_a_rail_that_die_over_a_call_pay_once(bank: Stack, sit_down: Sit) -> None:
    behave(bank, "timeout-after")
    customer, books = sit_down(bank), Books(bank)
    payment_id = to_the_code(customer)
    with ThreadPoolExecutor(1) as other:
        giving = other.submit(customer.say, customer.code(payment_id))
        sent = "SELECT 1 FROM rail_payments WHERE payment_id = %s"
        until(lambda: books.rows(sent, payment_id), "the rail to be asked")
        kill(bank, "temporal_worker")
        kill(bank, "rail")
        giving.result()
    customer.hears(f"Done. I paid $2.50 to {PAYEE}.")
    assert books.state(payment_id) == "COMPLETED"
    assert (books.steps(payment_id), paid(bank, payment_id)) == (["hold", "post"], ["settled"])
    books.agree()


def test_while_the_rail_is_down_nobody_claims_anything(bank: Stack, sit_down: Sit) -> None:
    behave(bank, "down")
    customer, books = sit_down(bank), Books(bank)
    payment_id = to_the_code(customer)
    customer.say(customer.code(payment_id))
    customer.hears(f"I don't know yet whether $2.50 has reached {PAYEE}")
    refused = customer.http.post(f"/api/payments/{payment_id}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_unsettled")
    assert (books.state(payment_id), books.steps(payment_id)) == ("UNKNOWN", ["hold"])
    behave(bank, "settle")
    customer.hears(f"Done. I paid $2.50 to {PAYEE}.")
    assert (books.steps(payment_id), paid(bank, payment_id)) == (["hold", "post"], ["settled"])


def test_what_the_rail_tells_later_and_twice_counts_once_and_what_it_sends_back_is_given_back(
    bank: Stack, sit_down: Sit
) -> None:
    behave(bank, "late", 1)
    customer, books = sit_down(bank), Books(bank)
    late = to_the_code(customer)
    customer.say(customer.code(late))
    customer.hears(f"Done. I paid $2.50 to {PAYEE}.")
    behave(bank, "twice")
    twice = to_the_code(customer)
    customer.say(customer.code(twice))
    told = "SELECT count(*) FROM rail_events WHERE key LIKE %s || '-%%'"
    until(lambda: books.rows(told, twice)[0][0] == 2, "both events")
    ask(bank, "POST", f"/admin/payments/{twice}/return", "rail_admin")
    customer.hears("came back from their bank. The money is in your checking account again.")
    assert books.steps(late) == ["hold", "post"]
    assert (books.steps(twice), paid(bank, twice)) == (["hold", "post", "return"], ["returned"])
    books.agree()

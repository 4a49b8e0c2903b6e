"""By sound alone: what was spent and a follow-up, a card behind a spoken code, an alert asked about and answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from adapters.speech.moonshine import MoonshineEar
from runtime.local.stack import Stack
from tests.e2e.caller import Customer
from tests.e2e.test_spoken_payment import speaking, token_of
from tests.faults.customer import Books

pytestmark = [pytest.mark.servers, pytest.mark.sound, pytest.mark.timeout(300)]
_SPENT = """
    SELECT -sum(amount_minor)::bigint FROM entries
    WHERE account_id LIKE 'acct_maya_%%' AND counterparty = 'City Power' AND amount_minor < 0
    AND date_trunc('month', created_at AT TIME ZONE 'UTC') = %s
"""
_ALERTS = "SELECT kind, state FROM alerts WHERE alert_id = %s"


@pytest.fixture
async def api(bank_stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=bank_stack.env["COUNTERSIGN_API_URL"], timeout=60) as client:
        yield client


def months() -> tuple[date, date]:
    """The first days of the last month and of the one before."""
    last = (datetime.now(UTC).date().replace(day=1) - timedelta(days=1)).replace(day=1)
    return last, (last - timedelta(days=1)).replace(day=1)


def tells_spent(books: Books, month: date) -> Callable[[dict[str, Any]], bool]:
    minor = books.rows(_SPENT, month)[0][0]
    words = f"${minor // 100:,}.{minor % 100:02d} at City Power in {month:%B}"
    return lambda reply: words in reply["text"]


async def test_what_is_asked_and_set_up_by_voice(bank_stack: Stack, api: httpx.AsyncClient) -> None:
    books, (last, before) = Books(bank_stack), months()
    token = await token_of(api, bank_stack, "maya")
    async with Customer(api, token, speaking("hibari")) as customer:
        await customer.says_until(
            f"how much did I spend at City Power in {last:%B}",
            tells_spent(books, last),
            f"what did I pay City Power in {last:%B}",
        )
        await customer.says_until(
            f"and in {before:%B}", tells_spent(books, before), f"what about {before:%B}", f"how about {before:%B}"
        )

        asked = await customer.says_until(
            "where is my credit card",
            lambda reply: reply["state"] == "awaiting_code",
            "when will my credit card arrive",
            "track my credit card",
        )
        told = await customer.says_until(
            await customer.code(), lambda reply: reply["state"] not in ("", "awaiting_code"), refuse=False
        )
        told = told if "card ending" in told["text"] else await customer.next_reply()
        assert "card ending 7730 was shipped on" in told["text"]
        check = asked["elicitation"]["tool_call_id"]
        found = books.rows("SELECT state, method FROM verifications WHERE verification_id = %s", check)
        assert found == [("VERIFIED", "otp")]

        await customer.says_until(
            "set up an alert", lambda reply: reply["state"] == "alerting", "I want a new alert", "create an alert"
        )
        await customer.says_until(
            "when my balance is low",
            lambda reply: reply["state"] == "alerting" and "amount" in reply["text"],
            "a low balance",
        )
        done = await customer.says_until(
            "three hundred dollars",
            lambda reply: "drops below $300.00" in reply["text"],
            "make it three hundred dollars",
        )
        assert done["text"].startswith("Done. I'll tell you when your checking balance")
        ear = MoonshineEar()
        try:
            heard = ear.transcribe(customer.heard()).lower()
        finally:
            ear.close()
        assert "300" in heard or "three hundred" in heard, heard

        [shown] = [each for each in (await customer.get("/api/alerts"))["alerts"] if each["amount"] == "300.00"]
        assert books.rows(_ALERTS, shown["alert_id"]) == [("low_balance", "ACTIVE")]
        gone = await api.delete(f"/api/alerts/{shown['alert_id']}", headers={"Authorization": f"Bearer {token}"})
        assert gone.is_success

"""`countersign demo --story handover`, as it is: the story's own function on the tests' bank, by voice."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from cli.client import Bank
from cli.demo.handover import told
from cli.demo.proof import proven
from runtime.demo_books import DemoBooks
from runtime.local.stack import Stack
from runtime.settings import Settings
from tests.faults.customer import Books, await_all, kill

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.sound, pytest.mark.timeout(300)]
ACCOUNT = "acct_omar_savings"


class House:
    """The tests' processes."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def kill(self, name: str) -> int:
        before = self._stack.pid(name)
        kill(self._stack, name)
        return before

    def back(self, name: str, but_not: int) -> int:
        await_all(self._stack, [name])
        assert self._stack.pid(name) != but_not
        return self._stack.pid(name)


@pytest.fixture
def chosen(bank_stack: Stack, tmp_path: Path) -> Settings:
    env = bank_stack.env
    return Settings(
        environment="test",
        state_dir=tmp_path,
        api_url=env["COUNTERSIGN_API_URL"],
        api_port=int(env["COUNTERSIGN_API_PORT"]),
        demo_password=env["COUNTERSIGN_DEMO_PASSWORD"],
        migrations_url=env["COUNTERSIGN_MIGRATIONS_URL"],
    )


async def test_the_story_is_true(bank_stack: Stack, chosen: Settings) -> None:
    outcome, books = await told(chosen, House(bank_stack)), Books(bank_stack)
    assert len(outcome.facts) == 11
    assert all(true for true, _ in outcome.facts)

    payment_id = outcome.payment_id
    [[last]] = books.rows("SELECT version::text FROM payments WHERE payment_id = %s", payment_id)
    steps = books.rows(
        "SELECT step, version::text, amount_minor FROM transfers WHERE payment_id = %s ORDER BY transfer_id", payment_id
    )
    assert steps == [("hold", "1", 600000), ("void", "1", 600000), ("hold", last, 550000), ("post", last, 550000)]
    answered = books.rows(
        """SELECT type, request ->> 'version', state FROM elicitations WHERE payment_id = %s
           ORDER BY created_at""",
        payment_id,
    )
    kinds = ("biometric", "confirmation", "otp", "supervisor_approval")
    first = [(kind, "1", "cancelled" if kind == "supervisor_approval" else "completed") for kind in kinds]
    # one that was misheard is corrected once more, before anything is answered
    assert [*answered[:4], *answered[-4:]] == [*first, *((kind, last, "completed") for kind in kinds)]
    books.agree()

    # the same books do not bear out another story
    other = proven(DemoBooks(chosen.migrations_url), outcome, ACCOUNT, ["no session"], 6_000_00)
    assert [true for true, _ in other] == [False, False, False, False, True, True, True, True, True, True, True]

    assert not list(chosen.state_dir.rglob("*.json")), "the device keeps no key"
    with httpx.Client(base_url=chosen.api_url) as http:
        omar = Bank(http)
        omar.sign_in("omar", chosen.demo_password)
        assert omar.get("/api/passkeys")["passkeys"] == []

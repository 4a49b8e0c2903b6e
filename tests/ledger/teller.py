"""The real ledger, asked in the words of its model."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import psycopg

from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.holds import PgHolds
from adapters.postgres.ledger import PgLedger
from adapters.postgres.pool import open_pool
from adapters.postgres.rail import PgRailBooks
from domain.elicitation import ElicitationState, ElicitationType
from domain.errors import BankError, by_code
from domain.payments import PaymentKind, PaymentPlan, PaymentRequest, PaymentState, PaymentStep
from domain.rail import rail_key
from tests.bank import OPENING, OWNERS, found_bank, plan, request
from tests.conftest import EMPTY
from tests.ledger.model import FINAL, Books, Wish
from tests.ledger.test_reversals import approve
from tests.ledger.test_versions import asked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.postgres.pool import Pool
    from tests.conftest import Database


AT_ONCE: Final = 4
ACCOUNTS: Final = OPENING | {"away": 0}
"""`away`: the clearing account of a payee at another bank."""


def planned(name: str, version: int, wish: Wish) -> PaymentPlan:
    signs = (ElicitationType.CONFIRMATION,) if wish.signed else ()
    made = plan(name, wish.minor, wish.payer, wish.payee, () if wish.of else signs)
    if wish.of:
        made = replace(made, user_id="sam", approvals=1, approver_group="supervisors")
    return replace(made, version=version, kind=PaymentKind(wish.kind), transaction_hash=f"{wish}")


@dataclass
class Teller:
    """Carries out on the real ledger what the model is asked."""

    pool: Pool

    def __post_init__(self) -> None:
        self.ledger, self.questions, self.holds = PgLedger(self.pool), PgElicitations(self.pool), PgHolds(self.pool)
        self.rail = PgRailBooks(self.pool)

    async def answer(self, act: tuple[Any, ...]) -> str:
        try:
            await getattr(self, act[0])(*act[1:])
        except BankError as error:
            return error.code
        except psycopg.errors.CheckViolation:
            return "check_violation"
        return "ok"

    async def open(self, name: str, wish: Wish) -> None:
        asks = request(name, wish.minor, user_id=OWNERS[wish.payer], payee=wish.payee, account=wish.payer,
                       description=str(wish.signed))  # fmt: skip
        await self.ledger.open_payment(replace(asks, kind=PaymentKind(wish.kind)), planned(name, 1, wish))

    async def reverse(self, name: str, wish: Wish) -> None:
        asks = PaymentRequest(name, "sam", "1", wish.of, "", kind=PaymentKind.REVERSAL)
        await self.ledger.open_reversal(asks, planned(name, 1, wish))

    async def hold(self, name: str, version: int) -> None:
        await self.ledger.hold(name, version)

    async def post(self, name: str, version: int) -> None:
        await self.ledger.post(name, version)

    async def send(self, name: str, version: int) -> None:
        await self.rail.intend(PaymentStep(name, version=version))

    async def hear(self, name: str, version: int, told: str) -> None:
        """As by webhook: unlike the bank's own question it is told what was wrong."""
        row = await self.pool.row(
            """SELECT note_rail(%s, jsonb_build_object('status', %s::text, 'amount_minor', amount_minor,
                   'currency', currency, 'account', creditor_account), 'rail') AS code
               FROM (SELECT NULL) one LEFT JOIN rail_payments ON key = %s""",
            *(rail_key(name, version), told, rail_key(name, version)),
        )
        if row is None or row["code"] != "ok":
            raise by_code(str(row["code"]) if row else "")

    async def give_back(self, name: str, version: int) -> None:
        await self.rail.give_back(rail_key(name, version))

    async def expire(self, name: str) -> None:
        await self.holds.expire(name)

    async def void(self, name: str, state: str) -> None:
        await self.ledger.void(name, PaymentState(state))

    async def revise(self, name: str, version: int, wish: Wish) -> None:
        await self.ledger.revise(planned(name, version, wish))

    async def sign(self, name: str, version: int, wish: Wish) -> None:
        row = await self.questions.open(asked(planned(name, version, wish), ElicitationType.CONFIRMATION))
        await self.questions.close(row.request.elicitation_id, ElicitationState.COMPLETED, response_id="r")


def found_others(owner: psycopg.Connection) -> None:
    """Two supervisors, and whom everybody knows at another bank."""
    for name in ("sam", "sue"):
        owner.execute(
            """INSERT INTO users (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone,
                   email, password_hash) VALUES (%s, %s, %s, 'supervisor', 't', %s, 'web', '', '', 'h')""",
            [name, name, name.title(), f"ref_{name}"],
        )
    owner.execute("INSERT INTO supervisors VALUES ('sue', 'senior_supervisors', 1000000)")
    owner.execute("INSERT INTO accounts (account_id, kind, name, currency, overdraft_limit_minor)"
                  " VALUES ('away', 'clearing', 'Away', 'USD', 0)")  # fmt: skip
    owner.execute("INSERT INTO creditors VALUES ('away', 'Away', '011401533', '1')")
    owner.execute("INSERT INTO payees (payee_id, user_id, name, account_id)"
                  " SELECT user_id || 'away', user_id, 'Away', 'away' FROM users WHERE role = 'customer'")  # fmt: skip


@dataclass
class Bank:
    """Lives as long as the test: a program only empties it."""

    owner: psycopg.Connection
    runner: asyncio.Runner
    teller: Teller

    def empty(self) -> None:
        self.owner.execute(EMPTY.replace(b"SET LOCAL", b"SET") + b"SET session_replication_role = origin")
        found_bank(self.owner)
        found_others(self.owner)

    def approve(self, name: str) -> str:
        approve(self.owner, name)
        return "ok"

    def ask(self, *acts: tuple[Any, ...]) -> list[str]:
        """The answers, all asked at once. What was held until now is overdue."""
        self.owner.execute("UPDATE holds SET expires_at = now() - interval '1 s' WHERE state = 'held'")

        async def all_at_once() -> list[str]:
            return await asyncio.gather(*(self.teller.answer(act) for act in acts))

        return self.runner.run(all_at_once())

    def shows(self, model: Books) -> bool:
        """Whether everything is as in the model."""
        accounts = self.owner.execute(
            "SELECT account_id, balance_minor, held_minor FROM accounts_shown WHERE kind <> 'equity'"
        )
        payments = self.owner.execute("SELECT payment_id, state, version, amount_minor FROM payments")
        rail = self.owner.execute("SELECT payment_id, version, status FROM rail_payments").fetchall()
        events = self.owner.execute(
            "SELECT kind, subject_id, (body ->> 'version')::integer FROM outbox"
            " WHERE kind ~ '^payment' AND kind <> 'payment.awaiting_supervisor'"
        )
        return (
            {name: tuple(amounts) for name, *amounts in accounts}
            == {name: (model.balance[name], model.held[name]) for name in model.balance}
            and {name: (state if state in FINAL | {"UNKNOWN"} else "open", *more) for name, state, *more in payments}
            == {name: (p.state, p.version, p.wish.minor) for name, p in model.payments.items()}
            and set(rail) == {(name, *each) for name, p in model.payments.items() for each in p.rail.items()}
            and sorted(events) == sorted(model.events)
        )


@contextmanager
def bank(database: Database) -> Iterator[Bank]:
    with psycopg.connect(database.owner_url, autocommit=True) as owner, asyncio.Runner() as runner:
        pool = runner.run(open_pool(database.worker_url, AT_ONCE, AT_ONCE))
        try:
            yield Bank(owner, runner, Teller(pool))
        finally:
            runner.run(pool.close())

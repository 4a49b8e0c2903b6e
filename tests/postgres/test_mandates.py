"""Standing mandates on the real Postgres: signed or nothing, counted with the hold, revoked at once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from activities.ports import ElicitationRow
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.ledger import PgLedger
from adapters.postgres.mandates import PgMandates
from domain import ids
from domain.elicitation import MANDATE, ElicitationRequest, ElicitationState, ElicitationType
from domain.errors import (
    BankError,
    IdempotencyConflictError,
    InsufficientFundsError,
    MandateClosedError,
    MandateEndedError,
    MandateExhaustedError,
    MandateMismatchError,
    MandateNotFoundError,
    MandateRevokedError,
    MandatesLockedError,
    MandateUnsignedError,
)
from domain.mandates import (
    MOST_MANDATES,
    Allowed,
    Cover,
    Mandate,
    MandateEnd,
    MandatePlan,
    MandateRequest,
    MandateState,
    Period,
    mandate_hash,
    period_begin,
)
from domain.money import Money
from domain.payments import PaymentState
from tests.bank import assert_books_agree, balances, found_bank, plan, request

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

pytestmark = pytest.mark.servers
BOTH = (ElicitationType.CONFIRMATION, ElicitationType.OTP)


@pytest.fixture
def mandates(owner: psycopg.Connection, pool: Pool) -> PgMandates:
    found_bank(owner)
    return PgMandates(pool)


@pytest.fixture
def customer(api_pool: Pool) -> PgMandates:
    """At the api."""
    return PgMandates(api_pool)


@pytest.fixture
def ledger(pool: Pool) -> PgLedger:
    return PgLedger(pool)


def wish(mandate_id: str = "m", **changes: object) -> MandateRequest:
    return replace(MandateRequest(mandate_id, "u1", ("Shop",), "100.00", "month"), **changes)


def planned(mandate_id: str = "m", minor: int = 100_00, user: str = "u1", **terms: object) -> MandatePlan:
    mandate = replace(Mandate(mandate_id, 1, minor, "USD", Period.MONTH, (Allowed("shop", "Shop"),)), **terms)
    return MandatePlan(mandate, user, "t", "ref", f"{minor / 100:.2f}", "any", BOTH, "v", mandate_hash(mandate))


async def asked(pool: Pool, plan: MandatePlan, kind: ElicitationType, **changes: object) -> str:
    """One of its questions, opened; the id."""
    questions, now = PgElicitations(pool), datetime.now(UTC)
    request = ElicitationRequest(
        elicitation_id=ids.mandate_elicitation_id(plan.mandate_id, kind, plan.terms.version),
        tool_call_id="t",
        elicitation_type=kind,
        payment_id=plan.mandate_id,
        version=plan.terms.version,
        transaction_hash=plan.mandate_hash,
        amount=plan.budget,
        currency="USD",
        payee="Shop",
        account="any",
        created_at=now.isoformat(),
        expires_at=(now + timedelta(minutes=5)).isoformat(),
        timeout_seconds=300,
        transaction_type=MANDATE,
        period="month",
    )
    row = await questions.open(
        ElicitationRow(replace(request, **changes), plan.user_id, "s", ElicitationState.PENDING, 0)
    )
    assert (await questions.get(request.elicitation_id)).request == row.request
    return request.elicitation_id


async def sign(pool: Pool, plan: MandatePlan, *kinds: ElicitationType, **changes: object) -> None:
    for kind in kinds:
        question = await asked(pool, plan, kind, **changes)
        await PgElicitations(pool).close(question, ElicitationState.COMPLETED, response_id=f"r-{kind}")


async def active(pool: Pool, mandate_id: str = "m", minor: int = 100_00, **terms: object) -> None:
    mandates, made = PgMandates(pool), planned(mandate_id, minor, **terms)
    await mandates.open(wish(mandate_id), made)
    await sign(pool, made, *BOTH)
    await mandates.activate(mandate_id)


async def payment(  # noqa: PLR0913, PLR0917 - what a row of a table changes
    ledger: PgLedger, payment_id: str, minor: int = 25_00, mandate: str = "m", payer: str = "a1", payee: str = "shop"
) -> None:
    """Opened under a mandate, as screening would."""
    made = replace(plan(payment_id, minor, payer, payee), mandate_id=mandate)
    assert (await ledger.open_payment(request(payment_id, minor), made)).mandate_id == mandate


async def left(mandates: PgMandates, mandate_id: str = "m") -> int:
    return (await mandates.get(mandate_id, "u1")).left_minor


def nothing_held(owner: psycopg.Connection) -> bool:
    return owner.execute("SELECT count(*) FROM holds WHERE state = 'held'").fetchone() == (0,)


async def test_a_plan_comes_back_as_it_was_recorded(mandates: PgMandates) -> None:
    made = planned(account="a1", ends_on="2999-12-31", payees=(Allowed("mill", "Mill"), Allowed("shop", "Shop")))
    assert await mandates.find(wish()) is None
    assert await mandates.open(wish(), made) == made
    assert await mandates.open(wish(), planned(minor=1)) == made
    assert await mandates.find(wish(session_id="another")) == made
    shown = await mandates.get("m", "u1")
    assert (shown.payees, shown.ends_on, shown.left_minor) == (("Mill", "Shop"), "2999-12-31", 100_00)
    assert json.loads(json.dumps(shown.to_json()))["state"] == "AWAITING_CUSTOMER"


async def test_one_id_stands_for_one_wish_of_one_customer(mandates: PgMandates) -> None:
    await mandates.open(wish(), planned())
    for other in (wish(budget="1.00"), wish(period="week"), wish(payees=("Mill",)), wish(account="savings")):
        with pytest.raises(IdempotencyConflictError):
            await mandates.open(other, planned())
    with pytest.raises(MandateNotFoundError):
        await mandates.open(wish(user_id="u2"), planned(user="u2"))
    for call in (mandates.find(wish(user_id="u2")), mandates.get("m", "u2"), mandates.state_of("no")):
        with pytest.raises(MandateNotFoundError):
            await call


async def test_there_is_an_end_to_their_number_however_many_ask_at_once(mandates: PgMandates) -> None:
    names = [f"m{n}" for n in range(MOST_MANDATES + 5)]
    results = await asyncio.gather(
        *(mandates.open(wish(name), planned(name)) for name in names), return_exceptions=True
    )
    assert Counter(type(each).__name__ for each in results) == {"MandatePlan": MOST_MANDATES, "TooManyMandatesError": 5}
    gone = next(each.mandate_id for each in results if isinstance(each, MandatePlan))
    await mandates.end(MandateEnd(gone, MandateState.CANCELLED))
    await mandates.open(wish("one more"), planned("one more"))


async def test_guessing_codes_by_one_mandate_after_another_ends_for_the_day(
    mandates: PgMandates, owner: psycopg.Connection
) -> None:
    for n in range(3):
        await mandates.open(wish(f"m{n}"), planned(f"m{n}"))
        await mandates.end(MandateEnd(f"m{n}", MandateState.FAILED, "too_many_tries"))
    with pytest.raises(MandatesLockedError):
        await mandates.open(wish("m3"), planned("m3"))
    owner.execute("UPDATE mandates SET ended_at = ended_at - interval '25 hours' WHERE mandate_id = 'm0'")
    await mandates.open(wish("m3"), planned("m3"))


@pytest.mark.parametrize(
    ("kinds", "changes"),
    [
        ((), {}),
        ((ElicitationType.CONFIRMATION,), {}),
        ((ElicitationType.OTP,), {}),
        (BOTH, {"transaction_hash": "e" * 64}),
        (BOTH, {"version": 2}),
        (BOTH, {"payment_id": "another"}),
    ],
)
async def test_without_every_countersign_of_its_terms_it_never_stands(
    mandates: PgMandates, pool: Pool, kinds: tuple[ElicitationType, ...], changes: dict[str, object]
) -> None:
    await mandates.open(wish(), planned())
    await sign(pool, planned(), *kinds, **changes)
    with pytest.raises(MandateUnsignedError):
        await mandates.activate("m")
    assert await mandates.state_of("m") is MandateState.AWAITING_CUSTOMER


async def test_what_is_held_is_used_and_what_is_voided_is_given_back(
    mandates: PgMandates, ledger: PgLedger, pool: Pool, owner: psycopg.Connection
) -> None:
    await active(pool)
    await payment(ledger, "p")
    for _ in range(2):
        await ledger.hold("p")
    assert await left(mandates) == 75_00
    await ledger.void("p", PaymentState.CANCELLED)
    assert await left(mandates) == 100_00
    await payment(ledger, "q", 40_00)
    await ledger.hold("q")
    await ledger.post("q")
    assert await left(mandates) == 60_00
    kinds = owner.execute("SELECT kind, body ->> 'left_minor' FROM outbox WHERE kind LIKE 'mandate%' ORDER BY id")
    assert kinds.fetchall() == [("mandate.active", None), ("mandate.used", "7500"), ("mandate.used", "6000")]
    assert_books_agree(owner)


@pytest.mark.parametrize("payers", [("a1",), ("a1", "a2")])
async def test_fifty_at_once_never_use_more_than_the_budget(
    mandates: PgMandates, ledger: PgLedger, pool: Pool, owner: psycopg.Connection, payers: tuple[str, ...]
) -> None:
    await active(pool, minor=10_00)
    for n in range(50):
        await payment(ledger, f"p{n}", 70, payer=payers[n % len(payers)])
    results = await asyncio.gather(*(ledger.hold(f"p{n}") for n in range(50)), return_exceptions=True)
    assert Counter(type(each).__name__ for each in results) == {"NoneType": 14, "MandateExhaustedError": 36}
    assert await left(mandates) == 20
    assert owner.execute("SELECT sum(amount_minor) FROM holds").fetchone() == (9_80,)
    assert_books_agree(owner)


async def test_an_exhausted_mandate_refuses_and_nothing_is_moved(
    ledger: PgLedger, mandates: PgMandates, pool: Pool, owner: psycopg.Connection
) -> None:
    await active(pool, minor=30_00)
    await payment(ledger, "p", 30_01)
    before = balances(owner)
    with pytest.raises(MandateExhaustedError):
        await ledger.hold("p")
    assert balances(owner) == before
    assert nothing_held(owner)
    assert await left(mandates) == 30_00
    kinds = owner.execute("SELECT count(*) FROM outbox WHERE kind IN ('payment.held', 'mandate.used')")
    assert kinds.fetchone() == (0,)


async def test_too_little_money_uses_nothing(ledger: PgLedger, mandates: PgMandates, pool: Pool) -> None:
    await active(pool, minor=500_00)
    await payment(ledger, "p", 100_01)
    with pytest.raises(InsufficientFundsError):
        await ledger.hold("p")
    assert await left(mandates) == 500_00


@pytest.mark.parametrize(
    ("terms", "how", "error"),
    [
        ({}, {"payee": "mill"}, MandateMismatchError),
        ({"account": "a2"}, {}, MandateMismatchError),
        ({}, {"payer": "b1"}, MandateMismatchError),
        ({}, {"mandate": "nowhere"}, MandateMismatchError),
        ({"ends_on": "2020-01-01"}, {}, MandateEndedError),
    ],
)
async def test_a_payment_that_does_not_fit_is_not_held(  # noqa: PLR0913, PLR0917 - a table's columns
    mandates: PgMandates,
    ledger: PgLedger,
    pool: Pool,
    owner: psycopg.Connection,
    terms: dict[str, object],
    how: dict[str, str],
    error: type[BankError],
) -> None:
    await active(pool, **terms)
    user = "u2" if how.get("payer") == "b1" else "u1"
    made = replace(
        plan("p", 25_00, how.get("payer", "a1"), how.get("payee", "shop")), mandate_id=how.get("mandate", "m")
    )
    await ledger.open_payment(request("p", user_id=user), made)
    with pytest.raises(error):
        await ledger.hold("p")
    assert nothing_held(owner)
    assert await left(mandates) == 100_00


async def test_one_that_is_not_active_yet_covers_nothing(
    mandates: PgMandates, ledger: PgLedger, owner: psycopg.Connection
) -> None:
    await mandates.open(wish(), planned())
    await payment(ledger, "p")
    with pytest.raises(MandateEndedError):
        await ledger.hold("p")
    assert nothing_held(owner)


async def test_a_revocation_counts_between_screening_hold_and_post(
    mandates: PgMandates, customer: PgMandates, ledger: PgLedger, pool: Pool, owner: psycopg.Connection
) -> None:
    await active(pool)
    for name in ("p", "q"):
        await payment(ledger, name)
    await ledger.hold("p")
    for _ in range(2):
        await customer.revoke("m", "u1")
    with pytest.raises(MandateRevokedError):
        await ledger.hold("q")
    with pytest.raises(MandateRevokedError):
        await ledger.post("p")
    assert await ledger.state_of("p") is PaymentState.CREATED
    assert balances(owner)["a1"] == (100_00, 25_00)
    await ledger.void("p", PaymentState.FAILED, "mandate_revoked")
    assert balances(owner)["a1"] == (100_00, 0)
    assert owner.execute("SELECT count(*) FROM outbox WHERE kind = 'mandate.revoked'").fetchone() == (1,)
    with pytest.raises(MandateRevokedError):
        await mandates.activate("m")
    assert_books_agree(owner)


@pytest.mark.usefixtures("mandates")
async def test_a_revocation_among_many_holds_and_posts_lets_none_after_it(
    customer: PgMandates, ledger: PgLedger, pool: Pool, owner: psycopg.Connection
) -> None:
    await active(pool)
    for n in range(30):
        await payment(ledger, f"p{n}", 1_00)

    async def pay(name: str) -> None:
        await ledger.hold(name)
        await ledger.post(name)

    calls = [pay(f"p{n}") for n in range(30)]
    results = await asyncio.gather(*calls[:15], customer.revoke("m", "u1"), *calls[15:], return_exceptions=True)
    assert {type(each).__name__ for each in results} <= {"NoneType", "MandateRevokedError"}
    posted = owner.execute("SELECT count(*) FROM transfers WHERE step = 'post'").fetchone()
    assert posted == (sum(each is None for each in results) - 1,)
    await payment(ledger, "last", 1_00)
    with pytest.raises(MandateRevokedError):
        await ledger.hold("last")
    assert_books_agree(owner)


async def test_who_revokes_what(mandates: PgMandates, customer: PgMandates, pool: Pool) -> None:
    await active(pool)
    with pytest.raises(MandateNotFoundError):
        await customer.revoke("m", "u2")
    assert await mandates.state_of("m") is MandateState.ACTIVE
    await mandates.open(wish("n"), planned("n"))
    assert await mandates.end(MandateEnd("n", MandateState.EXPIRED, "elicitation_expired")) is MandateState.EXPIRED
    with pytest.raises(MandateClosedError):
        await customer.revoke("n", "u1")
    with pytest.raises(MandateClosedError):
        await mandates.activate("n")
    await customer.revoke("m", "u1")
    assert await customer.unheard(0) == ["m"]
    assert await mandates.end(MandateEnd("m", MandateState.EXPIRED)) is MandateState.REVOKED
    assert await customer.unheard(0) == []


async def test_its_question_does_not_outlive_it(mandates: PgMandates, customer: PgMandates, pool: Pool) -> None:
    questions = PgElicitations(pool)
    for mandate_id in ("m", "n"):
        await mandates.open(wish(mandate_id), planned(mandate_id))
        await asked(pool, planned(mandate_id), ElicitationType.OTP)  # its code could not be sent: no workflow waits
    await mandates.end(MandateEnd("m", MandateState.FAILED, "unavailable"))
    [left_open] = await questions.pending_of("u1")
    assert left_open.request.payment_id == "n"
    await customer.revoke("n", "u1")
    await mandates.end(MandateEnd("n", MandateState.FAILED, "unavailable"))
    assert await questions.pending_of("u1") == []
    row = await questions.get(ids.mandate_elicitation_id("m", ElicitationType.OTP, 1))
    assert (row.state, row.error_code) == (ElicitationState.FAILED, "unavailable")


async def test_what_covers_a_payment(mandates: PgMandates, customer: PgMandates, ledger: PgLedger, pool: Pool) -> None:
    await active(pool, "big", 100_00)
    await active(pool, "small", 30_00, account="a1")
    sought = Cover("p", "u1", "shop", "a1", Money(25_00))
    found = {
        "small": sought,
        "big": replace(sought, account_id="a2"),
        "": replace(sought, amount=Money(100_01)),
    }
    for mandate_id, cover in found.items():
        assert await mandates.covering(cover) == mandate_id
    for changes in ({"payee_account": "mill"}, {"user_id": "u2"}, {"amount": Money(25_00, "EUR")}):
        assert await mandates.covering(replace(sought, **changes)) == ""
    await payment(ledger, "p", 25_00, "small")
    await ledger.hold("p")
    assert await mandates.covering(sought) == "small"
    assert await mandates.covering(replace(sought, payment_id="q")) == "big"
    await customer.revoke("big", "u1")
    assert await mandates.covering(replace(sought, payment_id="q")) == ""


async def test_a_correction_moves_to_the_mandate_of_the_new_version_once(
    mandates: PgMandates, ledger: PgLedger, pool: Pool, owner: psycopg.Connection
) -> None:
    await active(pool)
    await payment(ledger, "p", 60_00)
    await ledger.hold("p")
    second = replace(plan("p", 70_00), version=2, transaction_hash="2" * 64, mandate_id="m")
    assert await ledger.revise(second) == second
    assert await left(mandates) == 100_00
    await ledger.hold("p", 2)
    assert await left(mandates) == 30_00
    third = replace(plan("p", 100_00, countersigns=BOTH), version=3, transaction_hash="3" * 64)
    assert await ledger.revise(third) == third
    assert (await ledger.revise(replace(third, mandate_id="m"))).mandate_id == ""
    assert await left(mandates) == 100_00
    await ledger.hold("p", 3)
    assert await left(mandates) == 100_00
    assert_books_agree(owner)


MOMENTS = [
    "2028-02-29T23:59:59.999999+00:00",
    "2028-03-01T00:00:00+00:00",
    "2027-12-31T23:59:59+00:00",
    "2028-01-01T00:00:00+00:00",
    "2026-03-29T01:30:00+00:00",
    "2027-01-03T23:00:00+00:00",
    "2027-01-04T00:00:00+00:00",
    "2026-11-01T02:30:00-04:00",
    "2028-12-31T20:00:00-08:00",
]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("period", list(Period))
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_the_database_counts_in_the_same_periods(
    owner: psycopg.Connection, moment: str, period: Period, zone: str
) -> None:
    owner.execute("SELECT set_config('TimeZone', %s, false)", [zone])
    found = owner.execute("SELECT mandate_period(%s, %s::timestamptz)", [period.value, moment]).fetchone()
    assert found == (period_begin(period, datetime.fromisoformat(moment)).date(),)


async def test_a_new_period_begins_with_the_whole_budget(
    mandates: PgMandates, ledger: PgLedger, pool: Pool, owner: psycopg.Connection
) -> None:
    await active(pool, minor=30_00)
    await payment(ledger, "p", 30_00)
    await ledger.hold("p")
    assert await left(mandates) == 0
    owner.execute("UPDATE mandate_uses SET period_began = (period_began - interval '1 month')::date")
    assert await left(mandates) == 30_00
    await payment(ledger, "q", 30_00)
    await ledger.hold("q")
    assert await left(mandates) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mandates SET budget_minor = 1000000",
        "UPDATE mandates SET payee_accounts = '{mill}'",
        "UPDATE mandates SET state = 'ACTIVE' WHERE mandate_id = 'gone'",
        "UPDATE payments SET mandate_id = 'other'",
        "DELETE FROM mandates",
        "DELETE FROM mandate_uses",
        "TRUNCATE mandate_uses",
    ],
)
@pytest.mark.usefixtures("mandates")
async def test_what_was_countersigned_stays(
    customer: PgMandates, ledger: PgLedger, pool: Pool, owner: psycopg.Connection, statement: str
) -> None:
    await active(pool)
    await active(pool, "gone")
    await customer.revoke("gone", "u1")
    await payment(ledger, "p")
    await ledger.hold("p")
    with pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.CheckViolation)):
        owner.execute(statement.encode())

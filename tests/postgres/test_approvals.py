"""Approvals on the real Postgres: opened with their payment, decided once, listed quickly."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from activities.ports import Settlement
from adapters.postgres.approval_list import PgApprovalList, Wanted, statement
from adapters.postgres.approvals import PgApprovals
from adapters.postgres.directory import PgDirectory
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.ledger import PgLedger
from adapters.postgres.outcomes import PgOutcomes
from bench.approvals import fill
from domain.approvals import ApprovalState, Lent, Supervisor
from domain.elicitation import ApprovalOrder, ElicitationState, ElicitationType
from domain.errors import (
    AlreadyDecidedError,
    ApprovalClaimedError,
    ApprovalClosedError,
    ApprovalNotFoundError,
    BankError,
    DelegationNotFoundError,
    InvalidRequestError,
    NotASupervisorError,
    PaymentClosedError,
)
from domain.payments import PaymentState, PaymentWait
from tests.bank import assert_books_agree, found_bank, plan, request
from tests.postgres.test_elicitations import REQUEST

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

pytestmark = pytest.mark.servers
DUE = datetime.now(UTC) + timedelta(hours=8)


@pytest.fixture
def bank(owner: psycopg.Connection) -> psycopg.Connection:
    """Beside the small bank: `s1` may approve up to 100.00, `s2` up to 500.00 as a senior."""
    found_bank(owner)
    for user, group, limit in (("s1", "supervisors", 100_00), ("s2", "senior_supervisors", 500_00)):
        owner.execute(
            """INSERT INTO users (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone,
                   email, password_hash)
               VALUES (%s, %s, %s, 'supervisor', 't', %s, 'web', '+15550100198', 'x@example.com', 'h')""",
            [user, user, f"User {user}", f"ref_{user}"],
        )
        owner.execute("INSERT INTO supervisors VALUES (%s, %s, %s)", [user, group, limit])
    return owner


@pytest.fixture
def ledger(bank: psycopg.Connection, pool: Pool) -> PgLedger:
    del bank
    return PgLedger(pool)


@pytest.fixture
def approvals(pool: Pool) -> PgApprovals:
    """As temporal_worker."""
    return PgApprovals(pool)


@pytest.fixture
def desk(api_pool: Pool) -> PgApprovals:
    """As the api."""
    return PgApprovals(api_pool)


def order(number: int = 1, payment_id: str = "p") -> ApprovalOrder:
    name = f"{payment_id}-supervisor_approval_{number}-1"
    asked = replace(
        REQUEST,
        elicitation_id=name,
        elicitation_type=ElicitationType.SUPERVISOR_APPROVAL,
        payment_id=payment_id,
        version=1,
        expires_at=DUE.isoformat(),
    )
    return ApprovalOrder(asked, "u1", "s1", 60, ("supervisors", "senior_supervisors"), 30, number)


ONE = order().request.elicitation_id


async def opened(ledger: PgLedger, approvals: PgApprovals, needed: int = 1) -> None:
    """A payment that holds its money and waits for a supervisor."""
    await ledger.open_payment(request("p"), replace(plan("p"), approvals=needed, approver_group="supervisors"))
    await ledger.hold("p")
    await approvals.open(order())


def yes(approval_id: str = ONE, who: str = "s1", **changes: object) -> Settlement:
    return replace(Settlement(approval_id, who, "", approve=True, note="", response_id="r1"), **changes)


async def test_an_approval_opens_with_its_payment(
    ledger: PgLedger, approvals: PgApprovals, desk: PgApprovals, bank: psycopg.Connection, pool: Pool
) -> None:
    for _ in range(2):
        await opened(ledger, approvals)
    found = await desk.get(ONE)
    assert (found.payment_id, found.maker, found.amount_minor, found.payee) == ("p", "u1", 25_00, "Shop")
    assert (found.state, found.group, found.needed, found.given_by) == ("open", "supervisors", 1, ())
    assert datetime.fromisoformat(found.due_at) == DUE
    assert await ledger.state_of("p") is PaymentState.AWAITING_SUPERVISOR
    assert (await ledger.find_payment(request("p"))) == replace(plan("p"), approvals=1, approver_group="supervisors")
    assert await PgElicitations(pool).pending_of("u1") == []  # not the customer's to answer
    kinds = [kind for (kind,) in bank.execute("SELECT kind FROM outbox ORDER BY id").fetchall()]
    assert kinds == ["payment.created", "payment.held", "payment.awaiting_supervisor", "approval.opened"]


async def test_a_decision_is_kept_once_with_who_and_on_what(
    ledger: PgLedger, approvals: PgApprovals, bank: psycopg.Connection, pool: Pool
) -> None:
    await opened(ledger, approvals)
    for _ in range(2):
        await approvals.settle(yes())
    for late in (yes(who="s2"), yes(response_id="r2"), yes(approve=False, note="no")):
        with pytest.raises(AlreadyDecidedError):
            await approvals.settle(late)
    found = await approvals.get(ONE)
    assert (found.state, found.decided_by, found.given_by) == (ApprovalState.APPROVED, "s1", ("s1",))
    assert (await PgElicitations(pool).get(ONE)).state is ElicitationState.COMPLETED
    rows = bank.execute("SELECT actor, detail FROM audit WHERE action = 'approval.approved'").fetchall()
    assert [(actor, detail["version"], detail["transaction_hash"]) for actor, detail in rows] == [("s1", 1, "f" * 64)]


async def test_of_many_at_once_one_decides(ledger: PgLedger, approvals: PgApprovals) -> None:
    await opened(ledger, approvals)
    given = [yes(who=who, response_id=f"r{number}") for number, who in enumerate(["s1", "s2"] * 4)]
    outcomes = await asyncio.gather(*(approvals.settle(each) for each in given), return_exceptions=True)
    assert sum(found is None for found in outcomes) == 1
    assert {type(found) for found in outcomes if found} == {AlreadyDecidedError}


async def test_the_database_itself_refuses_the_maker_and_the_same_supervisor_twice(
    ledger: PgLedger, approvals: PgApprovals, bank: psycopg.Connection
) -> None:
    await opened(ledger, approvals, needed=2)
    bank.execute("UPDATE users SET role = 'supervisor' WHERE user_id = 'u1'")
    bank.execute("INSERT INTO supervisors VALUES ('u1', 'supervisors', 1)")
    with pytest.raises(psycopg.errors.CheckViolation):
        await approvals.settle(yes(who="u1"))
    await approvals.settle(yes())
    await approvals.open(order(2))
    with pytest.raises(psycopg.errors.UniqueViolation):
        await approvals.settle(yes(order(2).request.elicitation_id, response_id="r2"))


async def test_a_revoked_role_decides_nothing(
    ledger: PgLedger, approvals: PgApprovals, desk: PgApprovals, bank: psycopg.Connection
) -> None:
    await opened(ledger, approvals)
    bank.execute("UPDATE users SET role = 'customer' WHERE user_id = 's1'")
    for call in (approvals.settle(yes()), desk.supervisor("s1"), desk.supervisor("u1"), desk.supervisor("nobody")):
        with pytest.raises(NotASupervisorError):
            await call


@pytest.mark.parametrize("state", [ElicitationState.EXPIRED, ElicitationState.CANCELLED, ElicitationState.FAILED])
async def test_an_approval_ends_with_its_question(
    ledger: PgLedger, approvals: PgApprovals, desk: PgApprovals, pool: Pool, state: ElicitationState
) -> None:
    await opened(ledger, approvals)
    await PgElicitations(pool).close(ONE, state)
    assert (await approvals.get(ONE)).state == state.value
    for call in (approvals.settle(yes()), desk.claim(ONE, "s1", 60)):
        with pytest.raises(ApprovalClosedError):
            await call


async def test_claimed_released_claimed_again_and_taken_away(
    ledger: PgLedger, approvals: PgApprovals, desk: PgApprovals
) -> None:
    await opened(ledger, approvals)
    await desk.claim(ONE, "s1", 60)
    await desk.claim(ONE, "s1", 60)
    for call in (desk.claim(ONE, "s2", 60), desk.release(ONE, "s2")):
        with pytest.raises(ApprovalClaimedError):
            await call
    assert (await desk.get(ONE)).claimed_by == "s1"
    await desk.release(ONE, "s1")
    await desk.claim(ONE, "s2", 0)  # runs out at once
    await desk.claim(ONE, "s1", 60)
    await approvals.escalate(ONE, "senior_supervisors")
    found = await desk.get(ONE)
    assert (found.claimed_by, found.group) == ("", "senior_supervisors")
    for call in (desk.claim("no", "s1", 60), desk.release("no", "s1"), desk.get("no")):
        with pytest.raises(ApprovalNotFoundError):
            await call


async def test_authority_is_lent_until_its_end(ledger: PgLedger, desk: PgApprovals, bank: psycopg.Connection) -> None:
    del ledger
    own = Supervisor("s1", "t", "supervisors", 100_00)
    lent = Lent("s2", "senior_supervisors", 500_00)
    assert await desk.supervisor("s1") == own
    first = await desk.delegate("s2", "s1", datetime.now(UTC) + timedelta(hours=1))
    second = await desk.delegate("s2", "s1", datetime.now(UTC) + timedelta(hours=2))
    assert await desk.supervisor("s1") == replace(own, lent=(lent,))
    assert [row["delegation_id"] for row in await desk.delegations_of("s1")] == [second]
    for foreign in ((second, "s1"), (second + 1, "s2")):
        with pytest.raises(DelegationNotFoundError):
            await desk.end_delegation(*foreign)
    await desk.end_delegation(second, "s2")
    assert first != second
    assert await desk.supervisor("s1") == own
    await desk.delegate("s2", "s1", datetime.now(UTC) + timedelta(milliseconds=1))
    await asyncio.sleep(0.05)
    assert await desk.supervisor("s1") == own
    await desk.delegate("s2", "s1", datetime.now(UTC) + timedelta(hours=1))
    bank.execute("UPDATE users SET role = 'customer' WHERE user_id = 's2'")
    assert await desk.supervisor("s1") == own


async def test_authority_lent_many_times_at_once_is_lent_once(desk: PgApprovals, bank: psycopg.Connection) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    made = await asyncio.gather(*(desk.delegate("s2", "s1", until) for _ in range(8)))
    assert [row["delegation_id"] for row in await desk.delegations_of("s1")] == [max(made)]
    assert bank.execute("SELECT count(*) FROM delegations WHERE ended_at IS NULL").fetchone() == (1,)


async def test_a_decision_that_nobody_was_told_of_is_found(
    ledger: PgLedger, approvals: PgApprovals, desk: PgApprovals
) -> None:
    await opened(ledger, approvals)
    assert await desk.undelivered(0) == []
    await approvals.settle(yes())
    [lost] = await desk.undelivered(0)
    await desk.mark_delivered(lost)
    assert await desk.undelivered(0) == []


async def test_what_waits_is_told_again_and_how_it_ended_once(
    ledger: PgLedger, approvals: PgApprovals, pool: Pool
) -> None:
    outcomes = PgOutcomes(pool)
    await opened(ledger, approvals)
    for session in ("a", "b"):
        [news] = await outcomes.take("u1", session)
        assert (news.payment_id, news.state, news.amount) == ("p", "AWAITING_SUPERVISOR", "25.00")
    await ledger.void("p", PaymentState.REJECTED, "approval_refused")
    for session, count in (("a", 1), ("a", 1), ("b", 0)):
        assert len(await outcomes.take("u1", session)) == count


async def test_what_was_told_at_once_is_not_told_again(ledger: PgLedger, approvals: PgApprovals, pool: Pool) -> None:
    outcomes = PgOutcomes(pool)
    await opened(ledger, approvals)
    await outcomes.mark_told("p", "a")  # not ended yet: says nothing
    await ledger.void("p", PaymentState.EXPIRED)
    await outcomes.mark_told("p", "a")
    assert await outcomes.take("u1", "b") == []
    assert await outcomes.take("u2", "b") == []


async def test_a_payment_cools_off_holding_its_money(ledger: PgLedger, pool: Pool, bank: psycopg.Connection) -> None:
    await ledger.open_payment(request("p"), replace(plan("p"), cooling_off_s=60))
    await ledger.hold("p")
    for _ in range(2):
        await ledger.wait(PaymentWait("p", PaymentState.COOLING_OFF, DUE.isoformat()))
    assert await ledger.state_of("p") is PaymentState.COOLING_OFF
    assert bank.execute("SELECT held_minor FROM accounts WHERE account_id = 'a1'").fetchone() == (25_00,)
    await ledger.void("p", PaymentState.CANCELLED, "withdrawn")
    with pytest.raises(PaymentClosedError):
        await ledger.wait(PaymentWait("p", PaymentState.COOLING_OFF, DUE.isoformat()))
    assert_books_agree(bank)
    del pool


async def test_what_the_bank_remembers_of_a_payer(ledger: PgLedger, pool: Pool, bank: psycopg.Connection) -> None:
    bank.execute("INSERT INTO payees (payee_id, user_id, name, account_id) VALUES ('y1', 'u1', 'Shop', 'shop')")
    [payee] = await PgDirectory(pool).payees_of("u1")
    fresh = await ledger.history("u1", payee, "another")
    assert (fresh.recent_minor, fresh.payee_paid, fresh.risks) == (0, False, frozenset())
    assert 0 <= fresh.payee_age_s < 60
    for name, minor in (("paid", 10_00), ("waits", 5_00), ("voided", 3_00), ("old", 2_00)):
        await ledger.open_payment(request(name, minor), plan(name, minor))
        await ledger.hold(name)
    await ledger.post("paid")
    await ledger.void("voided", PaymentState.FAILED, "too_many_tries")
    bank.execute("UPDATE payments SET created_at = now() - interval '25 hours' WHERE payment_id = 'old'")
    known = await ledger.history("u1", payee, "another")
    assert (known.recent_minor, known.payee_paid, known.risks) == (15_00, True, {"codes_guessed"})


async def test_pages_follow_each_other_by_due_time(bank: psycopg.Connection, api_pool: Pool) -> None:
    fill(bank, 55)
    listed, wanted = PgApprovalList(api_pool), Wanted("t", limit=20)
    seen, due = [], []
    for size in (20, 20, 15):
        page = await listed.page(wanted)
        assert len(page.approvals) == size
        seen += [each.approval_id for each in page.approvals]
        due += [each.due_at for each in page.approvals]
        wanted = replace(wanted, cursor=page.cursor)
    assert (page.cursor, len(set(seen)), due) == ("", 55, sorted(due))
    for bad in ("x", "e30=", "WzEsMl0=", "bnVsbA=="):
        with pytest.raises(InvalidRequestError):
            await listed.page(Wanted("t", cursor=bad))
    assert (await listed.page(Wanted("another"))).approvals == []
    assert (await listed.page(Wanted("t", state="approved"))).approvals == []


SOON = datetime.now(UTC) + timedelta(hours=5)
FILTERS = [
    {},
    {"due_after": SOON},
    {"due_before": SOON},
    {"amount_min": 2_400_000},
    {"amount_max": 500_010},
    {"amount_min": 600_000, "amount_max": 600_010},
    {"group": "senior_supervisors"},
    {"payee": "Payee 7"},
    {"group": "supervisors", "amount_min": 550_000, "due_after": SOON},
]


async def test_each_filter_says_what_it_does_and_no_page_reads_the_table(
    bank: psycopg.Connection, api_pool: Pool
) -> None:
    fill(bank, 20_000)
    for filters in FILTERS:
        wanted = Wanted("t", **filters)
        for each in (await PgApprovalList(api_pool).page(wanted)).approvals:
            due = datetime.fromisoformat(each.due_at)
            assert (wanted.due_after or due) <= due <= (wanted.due_before or due)
            assert (wanted.amount_min or 0) <= each.amount_minor <= (wanted.amount_max or 10**9)
            assert each.group == (wanted.group or each.group)
            assert each.payee == (wanted.payee or each.payee)
        text, values = statement(wanted)
        lines = [line for (line,) in bank.execute("EXPLAIN " + text, values).fetchall()]
        assert not any("Seq Scan on approvals" in line for line in lines), (filters, lines)


UNKNOWN: list[type[BankError]] = [ApprovalNotFoundError]


@pytest.mark.parametrize("error", UNKNOWN)
async def test_what_is_not_there_is_not_found(approvals: PgApprovals, error: type[BankError]) -> None:
    with pytest.raises(error):
        await approvals.settle(yes("no"))

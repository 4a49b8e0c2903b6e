"""A standing order's steps: screening, holding from now on, and what becomes of each due date. Each is done once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from temporalio import activity

from activities.alerts import deliver_at
from activities.ports import AlertStore, Days, Directory, StandingOrderStore, StandingRow
from activities.refusals import refusals
from domain import factors, parties, policy
from domain.accounts import PAYS_FROM, Account, Customer, Payee
from domain.errors import (
    AccountClosedError,
    CurrencyMismatchError,
    NothingToChangeError,
    StandingOrderNotFoundError,
    StandingOrderOverError,
    UnknownAccountError,
    by_code,
)
from domain.money import Money, parse_amount
from domain.order_runs import DueRun, OrderNow, Settling, SignedTerms, Unsigned, run_payment_id
from domain.order_words import told
from domain.payments import FINAL_STATES, PaymentKind, PaymentRequest
from domain.policy import USUAL, Facts, Policies
from domain.quiet import local_moment
from domain.standing_orders import (
    ENDED_STATES,
    OrderPlan,
    OrderRequest,
    OrderState,
    OrderWish,
    ScreenedOrder,
    Terms,
    changed,
    dated,
    same_terms,
    schedule_words,
    terms_hash,
)

_PLANNED: timedelta = timedelta(days=366)
_MOST_PLANNED = 62


@dataclass(frozen=True, slots=True)
class OrderTimes:
    """When due dates are paid. `at`: on the day, the customer's own time; what is missing is tried `tries` times.

    What is more than `late_days` overdue is not made up for.
    """

    at: time = time(6)
    late_days: int = 7
    tries: int = 5
    retry_s: float = 3 * 3600
    elicitation_s: float = 300
    events_max: int = 1000


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class StandingOrders:
    """Activities over the directory, the orders at rest, the calendar and how customers want to be told."""

    directory: Directory
    store: StandingOrderStore
    alerts: AlertStore
    days: Days
    times: OrderTimes = OrderTimes()
    policies: Policies = USUAL
    clock: Callable[[], datetime] = _utc_now

    @activity.defn(name="screen_standing_order")
    async def screen(self, request: OrderRequest) -> ScreenedOrder:
        """Resolve, check and record terms. Fails with the code of the first rule that they break."""
        with refusals():
            known = await self.store.find(request)
            if known is None:
                await self.store.plan(request, await self._plan(request))
                known = await self.store.find(request)
                _note("standing order screened", request.order_id)
            if known is None:
                raise StandingOrderNotFoundError
            row = await self.store.stands(request.order_id)
        plan, settled = known
        return ScreenedOrder(plan, row.state, self.times.elicitation_s, settled, self.times.events_max)

    @activity.defn(name="sign_standing_order")
    async def sign(self, terms: SignedTerms) -> None:
        """From now on these terms hold."""
        with refusals():
            await self.store.sign(terms)
        _note("standing order signed", terms.order_id, version=str(terms.version))

    @activity.defn(name="drop_standing_order")
    async def drop(self, unsigned: Unsigned) -> OrderState:
        """These terms were not countersigned; an order without others ends with them."""
        with refusals():
            state = await self.store.drop(unsigned)
        _note("standing order not signed", unsigned.order_id, state=state, code=unsigned.error_code)
        return state

    @activity.defn(name="look_at_standing_order")
    async def look(self, order_id: str) -> OrderNow:
        """How it stands, and what falls due next. What the customer did in the meantime is known from here on."""
        with refusals():
            row = await self.store.stands(order_id)
            now, zone = self.clock(), ZoneInfo(row.terms.zone)
            coming = self.days.days_of(row.terms, row.due_from, _MOST_PLANNED)
            planned = [day for day in coming if day <= now.date() + _PLANNED]
            await self.store.heed(order_id, row.step, planned or coming[:1])
            due = await self._due(row, coming[0], zone) if coming else None
        ends = local_moment(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
        return OrderNow(row.state, due, ends.isoformat(), self.times.tries, self.times.retry_s)

    @activity.defn(name="settle_standing_order")
    async def settle(self, settled: Settling) -> None:
        """What became of a due date, and that the customer is told of it."""
        with refusals():
            row = await self.store.stands(settled.order_id)
            choices = await self.alerts.choices(row.user_id)
            now = self.clock()
            today = now.astimezone(ZoneInfo(row.terms.zone)).date().isoformat()
            words = told(row.terms, row.amount, row.account_name, settled, today)
            await self.store.settle(settled, words, deliver_at(choices, now))
        _note("standing order ran", settled.order_id, state=settled.state, code=settled.error_code)

    @activity.defn(name="cancel_standing_order")
    async def cancel(self, order_id: str) -> None:
        """On an operator's word, as its customer would; one that has ended stays as it is."""
        with refusals():
            row = await self.store.stands(order_id)
            if row.state not in ENDED_STATES:
                await self.store.step(order_id, row.user_id, "cancel")
        _note("standing order cancelled", order_id)

    @activity.defn(name="finish_standing_order")
    async def finish(self, order_id: str) -> OrderState:
        """Nothing is left of it."""
        with refusals():
            return await self.store.finish(order_id)

    async def _due(self, row: StandingRow, day: date, zone: ZoneInfo) -> DueRun:
        terms, due_on = row.terms, day.isoformat()
        begun = await self.store.run_on(terms.order_id, day)
        ended = begun.payment if begun and begun.payment in FINAL_STATES else None
        today = self.clock().astimezone(zone).date()
        return DueRun(
            due_on,
            local_moment(day, self.times.at, zone).isoformat(),
            _payment(row, due_on, own=await self._own(row)),
            late=begun is None and day < today - timedelta(days=self.times.late_days),
            ended=ended,
            error_code=begun.error_code if begun else "",
        )

    async def _own(self, row: StandingRow) -> bool:
        """Whether it goes to another account of the customer's."""
        accounts = await self.directory.accounts_of(row.user_id)
        into = row.terms.payee_account in {each.account_id for each in accounts}
        return into and parties.is_own(row.terms.payee_name)

    async def _plan(self, request: OrderRequest) -> OrderPlan:
        customer = await self.directory.customer(request.user_id)
        zone = (await self.alerts.choices(request.user_id)).zone
        before = await self._before(request)
        today = self.clock().astimezone(ZoneInfo(zone)).date()
        wanted = changed(before.terms, before.amount, request.wish) if before else request.wish
        wish = dated(wanted, today, before.terms.first_on if before else "")
        amount = parse_amount(wish.amount, wish.currency)
        account, payee, kind = await self._parties(request.user_id, wish)
        _check_parties(amount, payee, account)
        terms = Terms(
            order_id=request.order_id,
            version=await self.store.last_version(request.order_id) + 1,
            amount_minor=amount.minor,
            currency=amount.currency,
            payee_account=payee.account_id,
            payee_name=payee.name,
            account=account.account_id,
            every=wish.every,
            first_on=wish.date,
            ends_on=wish.ends_on,
            zone=zone,
        )
        if before and same_terms(before.terms, terms):
            raise NothingToChangeError
        facts = Facts(amount, await self.directory.platform_of(request.user_id, request.session_id), kind=kind)
        return await self._countersigned(request, customer, terms, facts, account, today)

    async def _parties(self, user_id: str, wish: OrderWish) -> tuple[Account, Payee, PaymentKind]:
        """From which account and to whom: one of the payees, or another account of the customer's."""
        payees, accounts = await self.directory.payees_of(user_id), await self.directory.accounts_of(user_id)
        if parties.is_own(wish.payee) and wish.payee.casefold() not in {each.name.casefold() for each in payees}:
            source, target = parties.between_own(accounts, wish.account, wish.payee)
            return source, parties.as_payee(target), PaymentKind.OWN
        return parties.find_account(accounts, wish.account), parties.find_payee(payees, wish.payee), PaymentKind.PAYEE

    async def _before(self, request: OrderRequest) -> StandingRow | None:
        """Of a change how the order stands."""
        if not request.change_id:
            return None
        row = await self.store.stands(request.order_id)
        if row.user_id != request.user_id:
            raise StandingOrderNotFoundError
        return row

    async def _countersigned(  # noqa: PLR0913, PLR0917 - what was resolved, each its own
        self, request: OrderRequest, customer: Customer, terms: Terms, facts: Facts, account: Account, today: date
    ) -> OrderPlan:
        coming = self.days.days_of(terms, today, 1)
        if not coming:
            raise StandingOrderOverError
        table = self.policies.of(customer.tenant_id)
        decision, platform = policy.decide(table, facts), facts.platform
        if decision.denied:
            raise by_code(decision.denied)
        has_passkey = platform == "mobile" and await self.directory.has_passkey(request.user_id)
        return OrderPlan(
            terms=terms,
            user_id=request.user_id,
            tenant_id=customer.tenant_id,
            customer_ref=customer.customer_ref,
            amount=facts.amount.decimal(),
            account_name=account.name.lower(),
            countersigns=factors.standing_countersigns(platform, has_passkey=has_passkey),
            policy_version=decision.version,
            terms_hash=terms_hash(terms),
            schedule=schedule_words(terms.every, coming[0].isoformat(), terms.ends_on),
        )


def _payment(row: StandingRow, due_on: str, *, own: bool) -> PaymentRequest:
    return PaymentRequest(
        payment_id=run_payment_id(row.run_key, due_on),
        user_id=row.user_id,
        amount=row.amount,
        payee=row.terms.payee_account if own else row.terms.payee_name,
        account=row.terms.account,
        currency=row.terms.currency,
        description="Standing order",
        order_id=row.terms.order_id,
        due_on=due_on,
        kind=PaymentKind.OWN if own else PaymentKind.PAYEE,
    )


def _check_parties(amount: Money, payee: Payee, account: Account) -> None:
    if account.kind not in PAYS_FROM:
        raise UnknownAccountError(spoken="I can pay from checking or savings. Which one?")
    if payee.closed or account.closed:
        raise AccountClosedError
    if not amount.currency == payee.currency == account.currency:
        raise CurrencyMismatchError


def _note(what: str, order_id: str, **fields: str) -> None:
    activity.logger.info(what, extra={"order_id": order_id, **fields})

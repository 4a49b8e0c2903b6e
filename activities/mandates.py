"""A standing mandate's steps: screening, becoming active, ending. Each can be repeated and is done once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio import activity

from activities.ports import Directory, MandateStore
from activities.refusals import refusals
from domain import factors
from domain.accounts import PAYS_FROM, Account, Customer, Payee
from domain.errors import (
    AccountClosedError,
    CurrencyMismatchError,
    InvalidRequestError,
    MandateTooLargeError,
    UnknownAccountError,
)
from domain.mandates import (
    ANY_ACCOUNT,
    MOST_PAYEES,
    Allowed,
    Mandate,
    MandateEnd,
    MandatePlan,
    MandateRequest,
    MandateState,
    Period,
    ScreenedMandate,
    last_day,
    mandate_hash,
    most_in_a_month,
    period_of,
)
from domain.money import Money, parse_amount
from domain.parties import find_account, find_payee
from domain.policy import USUAL, Policies


@dataclass(frozen=True, slots=True)
class Mandates:
    """Activities over the directory and the mandates at rest."""

    directory: Directory
    store: MandateStore
    elicitation_s: float
    policies: Policies = USUAL
    events_max: int = 0

    @activity.defn(name="screen_mandate")
    async def screen(self, request: MandateRequest) -> ScreenedMandate:
        """Resolve, check and record a mandate. Fails with the code of the first rule that it breaks."""
        with refusals():
            known = await self.store.find(request)
            if known is None:
                opened = await self.store.open(request, await self._plan(request))
                _note("mandate screened", request.mandate_id)
                return self._screened(opened, MandateState.AWAITING_CUSTOMER)
            return self._screened(known, await self.store.state_of(request.mandate_id))

    @activity.defn(name="activate_mandate")
    async def activate(self, mandate_id: str) -> None:
        """From now on it covers payments."""
        with refusals():
            await self.store.activate(mandate_id)
        _note("mandate active", mandate_id)

    @activity.defn(name="end_mandate")
    async def end(self, end: MandateEnd) -> MandateState:
        """Record how it ended; the first end stays."""
        with refusals():
            state = await self.store.end(end)
        _note("mandate ended", end.mandate_id, state=state, code=end.error_code)
        return state

    def _screened(self, plan: MandatePlan, state: MandateState) -> ScreenedMandate:
        return ScreenedMandate(plan, state, self.elicitation_s, self.events_max)

    async def _plan(self, request: MandateRequest) -> MandatePlan:
        budget, period = parse_amount(request.budget, request.currency), period_of(request.period)
        customer = await self.directory.customer(request.user_id)
        payees = self._payees(request, await self.directory.payees_of(request.user_id))
        own = await self.directory.accounts_of(request.user_id)
        account = find_account(own, request.account) if request.account.strip() else None
        self._check(customer, budget, period, payees, account)
        terms = Mandate(
            mandate_id=request.mandate_id,
            version=1,
            budget_minor=budget.minor,
            currency=budget.currency,
            period=period,
            payees=tuple(Allowed(payee.account_id, payee.name) for payee in payees),
            account=account.account_id if account else "",
            ends_on=last_day(request.ends_on, datetime.now(UTC).date()),
        )
        platform = await self.directory.platform_of(request.user_id, request.session_id)
        has_passkey = platform == "mobile" and await self.directory.has_passkey(request.user_id)
        return MandatePlan(
            terms=terms,
            user_id=request.user_id,
            tenant_id=customer.tenant_id,
            customer_ref=customer.customer_ref,
            budget=budget.decimal(),
            account_name=account.name.lower() if account else ANY_ACCOUNT,
            countersigns=factors.standing_countersigns(platform, has_passkey=has_passkey),
            policy_version=self.policies.of(customer.tenant_id).version,
            mandate_hash=mandate_hash(terms),
        )

    @staticmethod
    def _payees(request: MandateRequest, known: list[Payee]) -> list[Payee]:
        """Each once, by name, so that the same set is the same mandate."""
        if not 1 <= len(request.payees) <= MOST_PAYEES:
            raise InvalidRequestError(f"a mandate has 1 to {MOST_PAYEES} payees")
        found = {payee.account_id: payee for payee in (find_payee(known, each) for each in request.payees)}
        return sorted(found.values(), key=lambda payee: payee.name)

    def _check(
        self, customer: Customer, budget: Money, period: Period, payees: list[Payee], account: Account | None
    ) -> None:
        if most_in_a_month(budget, period) > self.policies.of(customer.tenant_id).mandate_limit:
            raise MandateTooLargeError
        if account is not None and account.kind not in PAYS_FROM:
            raise UnknownAccountError(spoken="I can pay from checking or savings. Which one?")
        parties = (*payees, account) if account else tuple(payees)
        if any(party.closed for party in parties):
            raise AccountClosedError
        if any(party.currency != budget.currency for party in parties):
            raise CurrencyMismatchError


def _note(what: str, mandate_id: str, **fields: str) -> None:
    activity.logger.info(what, extra={"mandate_id": mandate_id, **fields})

"""A payment's steps: screening, hold, post, void. Each can be repeated and is done once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from temporalio import activity

from activities.ports import Coverage, Directory, Ledger
from activities.refusals import refusals
from domain import factors, parties, policy, reversals
from domain.accounts import Account, Customer, Payee
from domain.elicitation import ElicitationType
from domain.errors import (
    NothingToChangeError,
    PaymentClosedError,
    StandingOrderRunFixedError,
    by_code,
)
from domain.mandates import Cover
from domain.money import Money, parse_amount
from domain.payments import (
    PaymentKind,
    PaymentPlan,
    PaymentRequest,
    PaymentState,
    PaymentStep,
    PaymentWait,
    Revision,
    Screened,
)
from domain.policy import USUAL, Decision, Facts, Policies
from domain.transaction import Transaction, transaction_hash


class NoMandates:
    """Covers nothing."""

    async def covering(self, sought: Cover) -> str:
        """There is none."""
        del sought
        return ""


@dataclass(frozen=True, slots=True)
class Payments:
    """Activities over the directory and the ledger."""

    directory: Directory
    ledger: Ledger
    elicitation_s: float
    policies: Policies = USUAL
    approval_s: float = 8 * 3600
    escalate_s: float = 4 * 3600
    mandates: Coverage = field(default_factory=NoMandates)

    @activity.defn(name="screen_payment")
    async def screen(self, request: PaymentRequest) -> Screened:
        """Resolve, check and record a payment. Fails with the code of the first rule that it breaks."""
        with refusals():
            known = await self.ledger.find_payment(request)
            if known is None:
                opened = await self._open(request)
                _note("payment screened", request.payment_id)
                return self._screened(opened, PaymentState.SCREENING)
            return self._screened(known, await self.ledger.state_of(known.payment_id))

    @activity.defn(name="revise_payment")
    async def revise(self, revision: Revision) -> Screened:
        """Screen it again as it is wanted now, and put it in the place of the last version.

        The ledger's last version may be one that the workflow has forgotten, with the task in which it was made.
        """
        known = revision.known
        with refusals():
            if known.kind is PaymentKind.REVERSAL:
                raise PaymentClosedError
            last = await self.ledger.find_payment(revision.first) or known
            if revision.first.order_id:
                raise StandingOrderRunFixedError
            plan = await self._plan(revision.of(last), last.version + 1)
            if plan.transaction_hash != last.transaction_hash:
                last = await self.ledger.revise(plan)
            elif last.version == known.version:
                raise NothingToChangeError
        _note("payment revised", known.payment_id, version=str(last.version))
        return self._screened(last, PaymentState.SCREENING)

    @activity.defn(name="hold_funds")
    async def hold(self, step: PaymentStep) -> None:
        """Reserve the amount."""
        with refusals():
            await self.ledger.hold(step.payment_id, step.version)
        _note("funds held", step.payment_id)

    @activity.defn(name="post_payment")
    async def post(self, step: PaymentStep) -> None:
        """Move the money."""
        with refusals():
            await self.ledger.post(step.payment_id, step.version)
        _note("payment posted", step.payment_id)

    @activity.defn(name="await_payment")
    async def wait(self, waits: PaymentWait) -> None:
        """Note that the payment waits, and until when."""
        with refusals():
            await self.ledger.wait(waits)
        _note("payment waits", waits.payment_id, state=waits.state)

    @activity.defn(name="end_payment")
    async def end(self, step: PaymentStep) -> None:
        """Release what was held and record how the payment ended."""
        with refusals():
            await self.ledger.void(step.payment_id, step.state, step.error_code)
        _note("payment ended", step.payment_id, state=step.state, code=step.error_code)

    async def _open(self, request: PaymentRequest) -> PaymentPlan:
        if request.kind is not PaymentKind.REVERSAL:
            return await self.ledger.open_payment(request, await self._plan(request))
        maker = await self.directory.customer(request.user_id)
        original = await self.ledger.original(request.payee)
        reversals.check(original, maker)
        amount = Money(original.plan.amount_minor, original.plan.currency)
        decision = self._decide(maker, Facts(amount, kind=request.kind))
        return await self.ledger.open_reversal(request, reversals.plan_of(request, original, maker, decision))

    async def _plan(self, request: PaymentRequest, version: int = 1) -> PaymentPlan:
        amount = parse_amount(request.amount, request.currency)
        customer = await self.directory.customer(request.user_id)
        account, payee = await self._parties(request, amount)
        platform = await self.directory.platform_of(request.user_id, request.session_id)
        facts = await self._facts(request, customer, payee, amount, platform)
        decision = self._decide(customer, facts)
        held_minor = await self._held(request.payment_id, account) if version > 1 else 0
        parties.check_payable(amount, account, payee, held_minor)
        mandate_id = await self._mandate(request, decision, payee, account, amount)
        transaction = Transaction(
            request.payment_id, amount.minor, amount.currency, account.account_id, payee.account_id, payee.name
        )
        return PaymentPlan(
            payment_id=request.payment_id,
            user_id=request.user_id,
            tenant_id=customer.tenant_id,
            customer_ref=customer.customer_ref,
            version=version,
            amount_minor=amount.minor,
            currency=amount.currency,
            amount=amount.decimal(),
            payer_account=account.account_id,
            payer_account_name=account.name.lower(),
            payee_account=payee.account_id,
            payee_name=payee.name,
            transaction_hash=transaction_hash(transaction),
            countersigns=await self._countersigns(request, platform, decision, mandate_id),
            policy_version=decision.version,
            reason=_reason(request, decision, mandate_id),
            approvals=decision.approvals,
            approver_group=decision.group,
            cooling_off_s=decision.cooling_off_s,
            mandate_id=mandate_id,
            kind=PaymentKind.OUTSIDE if payee.outside else request.kind,
        )

    async def _parties(self, request: PaymentRequest, amount: Money) -> tuple[Account, Payee]:
        """From which account, and to whom."""
        if request.kind is PaymentKind.OWN:
            accounts = await self.directory.accounts_of(request.user_id)
            source, target = parties.between_own(accounts, request.account, request.payee)
            parties.check_owed(amount, target)
            return source, parties.as_payee(target)
        payee = parties.find_payee(await self.directory.payees_of(request.user_id), request.payee)
        return parties.find_account(await self.directory.accounts_of(request.user_id), request.account), payee

    async def _held(self, payment_id: str, account: Account) -> int:
        """What the payment's last version holds on this account, in minor units."""
        held_on, held = await self.ledger.held_of(payment_id)
        return held if held_on == account.account_id else 0

    async def _mandate(
        self, request: PaymentRequest, decision: Decision, payee: Payee, account: Account, amount: Money
    ) -> str:
        """A standing mandate that covers this payment; not looked for where no factor is due."""
        if request.order_id or not policy.FACTORS & set(decision.countersigns):
            return ""
        sought = Cover(request.payment_id, request.user_id, payee.account_id, account.account_id, amount)
        return await self.mandates.covering(sought)

    async def _countersigns(
        self, request: PaymentRequest, platform: str, decision: Decision, mandate_id: str
    ) -> tuple[ElicitationType, ...]:
        """Under a mandate only the yes to the read-back: it tells a payment from a mishearing.

        None of a standing order's run: nobody is there, and the database looks for those of its terms.
        """
        if request.order_id:
            return ()
        if mandate_id:
            return (ElicitationType.CONFIRMATION,)
        has_passkey = platform == "mobile" and await self.directory.has_passkey(request.user_id)
        return factors.countersigns_for(platform, decision.countersigns, has_passkey=has_passkey)

    async def _facts(
        self, request: PaymentRequest, customer: Customer, payee: Payee, amount: Money, platform: str
    ) -> Facts:
        known = await self.ledger.history(customer.user_id, payee, request.payment_id)
        table = self.policies.of(customer.tenant_id)
        return Facts(
            amount=amount,
            platform=platform,
            new_payee=not known.payee_paid and known.payee_age_s < table.new_payee_s,
            recent_minor=known.recent_minor,
            hour=datetime.now(UTC).hour,
            risks=known.risks,
            kind=request.kind,
        )

    def _decide(self, customer: Customer, facts: Facts) -> Decision:
        """What the policy asks for. Raises the error that it denies with."""
        decision = policy.decide(self.policies.of(customer.tenant_id), facts)
        if decision.denied:
            raise by_code(decision.denied)
        return decision

    def _screened(self, plan: PaymentPlan, state: PaymentState) -> Screened:
        groups = policy.groups_from(self.policies.of(plan.tenant_id), plan.approver_group) if plan.approvals else ()
        return Screened(plan, state, self.elicitation_s, self.approval_s, self.escalate_s, groups)


def _reason(request: PaymentRequest, decision: Decision, mandate_id: str) -> str:
    under = "; standing order" if request.order_id else "; standing mandate" if mandate_id else ""
    return f"{decision.reason}{under}"


def _note(what: str, payment_id: str, **fields: str) -> None:
    activity.logger.info(what, extra={"payment_id": payment_id, **fields})

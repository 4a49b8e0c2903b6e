"""The tools themselves. They read, and they start or signal workflows; none of them moves money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from activities.ports import Directory
from adapters.edge.idempotency import own_id
from adapters.edge.problems import trace_id
from adapters.http_clients.answer_door import AnswerDoor
from domain.accounts import Account, Posting
from domain.elicitation import ElicitationStatus
from domain.errors import (
    AmountUnreadableError,
    ElicitationNotFoundError,
    InvalidRequestError,
    PaymentNotFoundError,
    UnknownAccountError,
)
from domain.ids import is_safe_id
from domain.mandates import MandateBegun, MandateRequest, MandateShown
from domain.money import Money, parse_amount
from domain.payments import Correction, PaymentBegun, PaymentRequest, PaymentState
from mcp_tools.guard import Caller
from mcp_tools.schemas import (
    AccountLine,
    BalanceArgs,
    BalanceResult,
    CancelArgs,
    MandateArgs,
    MandateLine,
    MandateOutcome,
    MandateRef,
    MandatesResult,
    NoArgs,
    PaymentArgs,
    PaymentCancelArgs,
    PaymentCorrectArgs,
    PaymentOutcome,
    ResumeArgs,
    StatusResult,
    TransactionLine,
    TransactionsArgs,
    TransactionsResult,
)


class PaymentDesk(Protocol):
    """Starts payments."""

    async def begin(self, request: PaymentRequest) -> PaymentBegun:
        """Start, or find the one already started under this id."""
        ...

    async def correct(self, payment_id: str, correction: Correction, correction_id: str) -> PaymentBegun:
        """Have a payment that waits another way."""
        ...

    async def cancel(self, payment_id: str, user_id: str) -> PaymentState:
        """Withdraw the user's own payment; how it ended."""
        ...


class Questions(Protocol):
    """Whose an elicitation is; the rest of it is no business of a tool's."""

    async def owner_of(self, elicitation_id: str) -> str:
        """Raises ElicitationNotFoundError."""
        ...


class Records(Protocol):
    """Whose a payment is."""

    async def owner_of(self, payment_id: str) -> str:
        """Raises PaymentNotFoundError."""
        ...


class Mandates(Protocol):
    """Sets up, shows and revokes standing mandates."""

    async def create(self, request: MandateRequest) -> MandateBegun:
        """Start, or find the one already started under this id."""
        ...

    async def of(self, user_id: str) -> list[MandateShown]:
        """The user's."""
        ...

    async def revoke(self, mandate_id: str, user_id: str) -> MandateShown:
        """At once. Raises MandateNotFoundError, MandateClosedError."""
        ...


class ElicitationDesk(Protocol):
    """Withdraws questions."""

    async def cancel(self, elicitation_id: str, user_id: str) -> ElicitationStatus:
        """Cancel the user's own elicitation."""
        ...


@dataclass(frozen=True, slots=True)
class Bank:
    """Every tool takes a checked caller and its arguments, and returns its result or raises a BankError."""

    directory: Directory
    payments: PaymentDesk
    records: Records
    questions: Questions
    elicitations: ElicitationDesk
    door: AnswerDoor
    mandate_desk: Mandates

    async def balance(self, caller: Caller, args: BalanceArgs) -> BalanceResult:
        """Balances of one account or all."""
        caller.require("read")
        accounts = await self.directory.accounts_of(caller.user_id)
        chosen = [_named(accounts, args.account)] if args.account.strip() else accounts
        return BalanceResult(accounts=[_account_line(account) for account in chosen])

    async def transactions(self, caller: Caller, args: TransactionsArgs) -> TransactionsResult:
        """The newest lines of an account."""
        caller.require("read")
        account = _named(await self.directory.accounts_of(caller.user_id), args.account or "checking")
        postings = await self.directory.postings_of(account.account_id, args.limit)
        return TransactionsResult(account=account.name, transactions=[_transaction_line(line) for line in postings])

    async def payment(self, caller: Caller, args: PaymentArgs) -> PaymentOutcome:
        """Start a payment; it then waits for the customer's countersign."""
        caller.require("transact")
        if args.payment_id and not is_safe_id(args.payment_id):
            raise InvalidRequestError("payment_id must be 1 to 64 letters, digits, - or _")
        payment_id = args.payment_id or own_id()
        begun = await self.payments.begin(
            PaymentRequest(
                payment_id=payment_id,
                user_id=caller.user_id,
                amount=parse_amount(amount_text(args.amount), args.currency).decimal(),
                payee=args.to_account.strip(),
                account=args.from_account.strip() or "checking",
                currency=args.currency,
                description=args.description,
                session_id=caller.principal.session_id,
                tool_call_id=payment_id,
                trace_id=trace_id(),
            )
        )
        return _outcome(begun)

    async def payment_resume(self, caller: Caller, args: ResumeArgs) -> StatusResult:
        """Hand an answer to the api's door with the caller's own token."""
        caller.require("transact")
        await self._own(caller, args.elicitation_id)
        response_id = args.response_id or _response_id(args)
        answered = await self.door.answer(args.elicitation_id, args.user_input, response_id, caller.token)
        return StatusResult.model_validate(answered)

    async def elicitation_cancel(self, caller: Caller, args: CancelArgs) -> StatusResult:
        """Withdraw a question, and with it the payment that asked it."""
        caller.require("transact")
        await self._own(caller, args.elicitation_id)
        status = await self.elicitations.cancel(args.elicitation_id, caller.user_id)
        return StatusResult.model_validate(status.to_json())

    async def payment_correct(self, caller: Caller, args: PaymentCorrectArgs) -> PaymentOutcome:
        """Have a payment that waits another way: a new version, countersigned from the beginning."""
        caller.require("transact")
        await self._own_payment(caller, args.payment_id)
        correction = Correction(
            amount_text(args.amount).strip(), args.to_account.strip(), args.from_account.strip(), args.version
        )
        if args.correction_id and not is_safe_id(args.correction_id):
            raise InvalidRequestError("correction_id must be 1 to 64 letters, digits, - or _")
        begun = await self.payments.correct(args.payment_id, correction, args.correction_id or own_id())
        return _outcome(begun)

    async def payment_cancel(self, caller: Caller, args: PaymentCancelArgs) -> PaymentOutcome:
        """Withdraw a payment that still waits, on whomever or whatever."""
        caller.require("transact")
        await self._own_payment(caller, args.payment_id)
        state = await self.payments.cancel(args.payment_id, caller.user_id)
        return PaymentOutcome(payment_id=args.payment_id, status=state)

    async def _own_payment(self, caller: Caller, payment_id: str) -> None:
        if not is_safe_id(payment_id) or await self.records.owner_of(payment_id) != caller.user_id:
            raise PaymentNotFoundError

    async def mandate_create(self, caller: Caller, args: MandateArgs) -> MandateOutcome:
        """Start a standing mandate; it then waits for its own countersigns."""
        caller.require("transact")
        if args.mandate_id and not is_safe_id(args.mandate_id):
            raise InvalidRequestError("mandate_id must be 1 to 64 letters, digits, - or _")
        mandate_id = args.mandate_id or own_id()
        begun = await self.mandate_desk.create(
            MandateRequest(
                mandate_id=mandate_id,
                user_id=caller.user_id,
                payees=tuple(each.strip() for each in args.payees),
                budget=parse_amount(amount_text(args.budget), args.currency).decimal(),
                period=args.period,
                account=args.account.strip(),
                currency=args.currency,
                ends_on=args.ends_on,
                session_id=caller.principal.session_id,
                tool_call_id=mandate_id,
                trace_id=trace_id(),
            )
        )
        question = begun.elicitation.to_json() if begun.elicitation else None
        return MandateOutcome(mandate_id=begun.mandate_id, status=begun.state, elicitation=question)

    async def mandates(self, caller: Caller, _args: NoArgs) -> MandatesResult:
        """The customer's standing mandates, with what is left of each."""
        caller.require("read")
        shown = await self.mandate_desk.of(caller.user_id)
        return MandatesResult(mandates=[MandateLine.model_validate(each.to_json()) for each in shown])

    async def mandate_revoke(self, caller: Caller, args: MandateRef) -> MandateLine:
        """Revoke one, at once."""
        caller.require("transact")
        return MandateLine.model_validate((await self.mandate_desk.revoke(args.mandate_id, caller.user_id)).to_json())

    async def _own(self, caller: Caller, elicitation_id: str) -> None:
        if not is_safe_id(elicitation_id):
            raise ElicitationNotFoundError
        if await self.questions.owner_of(elicitation_id) != caller.user_id:
            raise ElicitationNotFoundError


def _outcome(begun: PaymentBegun) -> PaymentOutcome:
    question = begun.elicitation.to_json() if begun.elicitation else None
    return PaymentOutcome(payment_id=begun.payment_id, status=begun.state, version=begun.version, elicitation=question)


def amount_text(value: object) -> str:
    """The digits of an amount as they were written. Raises AmountUnreadableError."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise AmountUnreadableError


def _response_id(args: ResumeArgs) -> str:
    """A yes or no says the same however often it is sent, so a repeat gets the first result."""
    said = args.user_input.get("confirmed")
    return f"{args.elicitation_id}-{'yes' if said else 'no'}" if isinstance(said, bool) else own_id()


def _named(accounts: list[Account], wanted: str) -> Account:
    key = wanted.strip().casefold()
    for account in accounts:
        if key in {account.kind.casefold(), account.name.casefold(), account.account_id.casefold()}:
            return account
    raise UnknownAccountError


def _account_line(account: Account) -> AccountLine:
    return AccountLine(
        account_id=account.account_id,
        kind=account.kind,
        name=account.name,
        currency=account.currency,
        balance_minor=account.balance_minor,
        available_minor=account.available_minor,
        balance=Money(account.balance_minor, account.currency).decimal(),
        available=Money(account.available_minor, account.currency).decimal(),
    )


def _transaction_line(line: Posting) -> TransactionLine:
    return TransactionLine(
        at=line.at,
        amount_minor=line.amount_minor,
        amount=Money(line.amount_minor, line.currency).decimal(),
        currency=line.currency,
        counterparty=line.counterparty,
        description=line.description,
    )

"""Payments and the questions that they ask. These tools start or signal workflows; none of them moves money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from adapters.edge.idempotency import own_id
from adapters.edge.problems import trace_id
from adapters.http_clients.answer_door import AnswerDoor
from domain.elicitation import ElicitationStatus
from domain.errors import ElicitationNotFoundError, InvalidRequestError, PaymentNotFoundError
from domain.ids import is_safe_id
from domain.money import parse_amount
from domain.payments import Correction, PaymentBegun, PaymentKind, PaymentRequest, PaymentState
from mcp_tools.bank.amounts import amount_text
from mcp_tools.guard import Caller
from mcp_tools.schemas import (
    CancelArgs,
    PaymentArgs,
    PaymentCancelArgs,
    PaymentCorrectArgs,
    PaymentOutcome,
    ResumeArgs,
    StatusResult,
    TransferArgs,
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


class ElicitationDesk(Protocol):
    """Withdraws questions."""

    async def cancel(self, elicitation_id: str, user_id: str) -> ElicitationStatus:
        """Cancel the user's own elicitation."""
        ...


@dataclass(frozen=True, slots=True)
class Payments:
    """Tools over payments and elicitations."""

    desk: PaymentDesk
    records: Records
    questions: Questions
    elicitations: ElicitationDesk
    door: AnswerDoor

    async def payment(self, caller: Caller, args: PaymentArgs) -> PaymentOutcome:
        """Start a payment; it then waits for the customer's countersign."""
        return await self._begin(caller, args, args.from_account.strip() or "checking", PaymentKind.PAYEE)

    async def transfer(self, caller: Caller, args: TransferArgs) -> PaymentOutcome:
        """The same between two accounts of the customer's."""
        return await self._begin(caller, args, args.from_account.strip(), PaymentKind.OWN)

    async def _begin(self, caller: Caller, args: PaymentArgs, account: str, kind: PaymentKind) -> PaymentOutcome:
        caller.require("transact")
        if args.payment_id and not is_safe_id(args.payment_id):
            raise InvalidRequestError("payment_id must be 1 to 64 letters, digits, - or _")
        payment_id = args.payment_id or own_id()
        begun = await self.desk.begin(
            PaymentRequest(
                payment_id=payment_id,
                user_id=caller.user_id,
                amount=parse_amount(amount_text(args.amount), args.currency).decimal(),
                payee=args.to_account.strip(),
                account=account,
                currency=args.currency,
                description=args.description,
                session_id=caller.principal.session_id,
                tool_call_id=payment_id,
                trace_id=trace_id(),
                kind=kind,
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
        begun = await self.desk.correct(args.payment_id, correction, args.correction_id or own_id())
        return _outcome(begun)

    async def payment_cancel(self, caller: Caller, args: PaymentCancelArgs) -> PaymentOutcome:
        """Withdraw a payment that still waits, on whomever or whatever."""
        caller.require("transact")
        await self._own_payment(caller, args.payment_id)
        state = await self.desk.cancel(args.payment_id, caller.user_id)
        return PaymentOutcome(payment_id=args.payment_id, status=state)

    async def withdraw(self, caller: Caller, payment_id: str) -> PaymentOutcome:
        """The same, by its id alone."""
        return await self.payment_cancel(caller, PaymentCancelArgs(payment_id=payment_id))

    async def _own_payment(self, caller: Caller, payment_id: str) -> None:
        if not is_safe_id(payment_id) or await self.records.owner_of(payment_id) != caller.user_id:
            raise PaymentNotFoundError

    async def _own(self, caller: Caller, elicitation_id: str) -> None:
        if not is_safe_id(elicitation_id):
            raise ElicitationNotFoundError
        if await self.questions.owner_of(elicitation_id) != caller.user_id:
            raise ElicitationNotFoundError


def _outcome(begun: PaymentBegun) -> PaymentOutcome:
    question = begun.elicitation.to_json() if begun.elicitation else None
    return PaymentOutcome(payment_id=begun.payment_id, status=begun.state, version=begun.version, elicitation=question)


def _response_id(args: ResumeArgs) -> str:
    """A yes or no says the same however often it is sent, so a repeat gets the first result."""
    said = args.user_input.get("confirmed")
    return f"{args.elicitation_id}-{'yes' if said else 'no'}" if isinstance(said, bool) else own_id()

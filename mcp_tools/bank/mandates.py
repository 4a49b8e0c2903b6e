"""Standing mandates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from adapters.edge.idempotency import own_id
from adapters.edge.problems import trace_id
from domain.errors import InvalidRequestError
from domain.ids import is_safe_id
from domain.mandates import MandateBegun, MandateRequest, MandateShown
from domain.money import parse_amount
from mcp_tools.bank.amounts import amount_text
from mcp_tools.guard import Caller
from mcp_tools.schemas import MandateArgs, MandateLine, MandateOutcome, MandateRef, MandatesResult, NoArgs


class MandateDesk(Protocol):
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


@dataclass(frozen=True, slots=True)
class Mandates:
    """Tools over standing mandates."""

    desk: MandateDesk

    async def create(self, caller: Caller, args: MandateArgs) -> MandateOutcome:
        """Start a standing mandate; it then waits for its own countersigns."""
        caller.require("transact")
        if args.mandate_id and not is_safe_id(args.mandate_id):
            raise InvalidRequestError("mandate_id must be 1 to 64 letters, digits, - or _")
        mandate_id = args.mandate_id or own_id()
        begun = await self.desk.create(
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

    async def shown(self, caller: Caller, _args: NoArgs) -> MandatesResult:
        """The customer's standing mandates, with what is left of each."""
        caller.require("read")
        shown = await self.desk.of(caller.user_id)
        return MandatesResult(mandates=[MandateLine.model_validate(each.to_json()) for each in shown])

    async def revoke(self, caller: Caller, args: MandateRef) -> MandateLine:
        """Revoke one, at once."""
        caller.require("transact")
        return MandateLine.model_validate((await self.desk.revoke(args.mandate_id, caller.user_id)).to_json())

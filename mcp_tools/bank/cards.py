"""Where the customer's bank cards are: told once it is known who asks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, Protocol

from activities.ports import Inquiries
from adapters.edge.idempotency import own_id
from adapters.edge.problems import trace_id
from domain.errors import InvalidRequestError
from domain.ids import is_safe_id
from domain.verification import CARDS, VerificationBegun, VerificationRequest, VerificationState
from mcp_tools.guard import Caller
from mcp_tools.read_schemas import CardLine, CardsArgs, CardsResult

_NOT_ASKED: Final = "UNVERIFIED"


class Identity(Protocol):
    """Knows who has shown that it is them, and has it checked."""

    async def is_verified(self, user_id: str, session_id: str, purpose: str) -> bool:
        """Whether this may be told in this session now."""
        ...

    async def begin(self, request: VerificationRequest) -> VerificationBegun:
        """Ask, or find what is asked already. Raises VerificationLockedError, TooManyVerificationsError."""
        ...


@dataclass(frozen=True, slots=True)
class Cards:
    """The tool over bank cards."""

    inquiries: Inquiries
    identity: Identity

    async def cards(self, caller: Caller, args: CardsArgs) -> CardsResult:
        """The cards, where it is known who asks; else the check that now waits, or, where none is wanted, that."""
        caller.require("read")
        if args.verification_id and not is_safe_id(args.verification_id):
            raise InvalidRequestError("verification_id must be 1 to 64 letters, digits, - or _")
        if await self._is_known(caller):
            return await self._told(caller)
        if not args.begin:
            return CardsResult(status=_NOT_ASKED)
        begun = await self.identity.begin(
            VerificationRequest(
                verification_id=args.verification_id or own_id(),
                user_id=caller.user_id,
                session_id=caller.session_id,
                trace_id=trace_id(),
            )
        )
        if begun.state is VerificationState.VERIFIED:
            # this very moment; or it has counted for as long as it may, and its id asks nothing again
            return await self._told(caller) if await self._is_known(caller) else _over(begun)
        question = begun.elicitation.to_json() if begun.elicitation else None
        return CardsResult(verification_id=begun.verification_id, status=begun.state, elicitation=question)

    async def _is_known(self, caller: Caller) -> bool:
        return await self.identity.is_verified(caller.user_id, caller.session_id, CARDS)

    async def _told(self, caller: Caller) -> CardsResult:
        found = await self.inquiries.cards_of(caller.user_id)
        return CardsResult(cards=[CardLine.model_validate(asdict(card)) for card in found])


def _over(begun: VerificationBegun) -> CardsResult:
    return CardsResult(verification_id=begun.verification_id, status=VerificationState.EXPIRED)

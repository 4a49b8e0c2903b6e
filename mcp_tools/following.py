"""How far what was begun has come, for callers who come back to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from adapters.postgres.progress import Progress
from domain.alerts import AlertShown, AlertState
from domain.mandates import MandateState
from domain.payments import FINAL_STATES, WAITING_STATES, PaymentState
from domain.standing_orders import OrderState
from mcp_tools.alert_schemas import AlertLine, AlertsResult
from mcp_tools.guard import Caller
from mcp_tools.order_schemas import StandingOrdersResult
from mcp_tools.schemas import Countersigned, MandateOutcome, PaymentOutcome

_DONE: Final = frozenset({PaymentState.COMPLETED.value, MandateState.ACTIVE.value, AlertState.PAUSED.value})
_TAKEN_BACK: Final = frozenset({PaymentState.CANCELLED.value, MandateState.REVOKED.value, AlertState.DELETED.value})


@dataclass(frozen=True, slots=True)
class Followed:
    """`final`: nothing follows; `away`: it waits, but on nobody who is on the line. Times are ISO 8601."""

    result: Countersigned
    state: str
    final: bool
    away: bool
    created_at: str
    changed_at: str

    @property
    def question_id(self) -> str:
        """Of what its customer is asked now; empty where they are asked nothing."""
        return str((self.result.elicitation or {}).get("elicitation_id", ""))

    @property
    def at_work(self) -> bool:
        """Whether the bank is: nobody is asked anything, and it has not ended."""
        return not (self.final or self.away or self.question_id)

    @property
    def cancelled(self) -> bool:
        """Whether it was taken back."""
        return self.final and self.state in _TAKEN_BACK

    @property
    def failed(self) -> bool:
        """Whether it came to nothing, though nobody took it back."""
        return self.final and self.state not in _DONE | _TAKEN_BACK


Follow = Callable[[Caller, str], Awaitable[Followed]]


class Progresses(Protocol):
    """Where it is read."""

    async def payment(self, payment_id: str, user_id: str) -> Progress:
        """Raises PaymentNotFoundError, also where it is another's."""
        ...

    async def mandate(self, mandate_id: str, user_id: str) -> Progress:
        """Raises MandateNotFoundError, also where it is another's."""
        ...

    async def standing_order(self, order_id: str, user_id: str) -> Progress:
        """Raises StandingOrderNotFoundError, also where it is another's."""
        ...

    async def alert(self, alert_id: str, user_id: str) -> Progress:
        """Raises AlertNotFoundError, also where it is another's."""
        ...


class Shown(Protocol):
    """A person's alerts."""

    async def of(self, user_id: str) -> list[AlertShown]:
        """The user's, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Following:
    """A method a kind of thing that waits for its customer."""

    progress: Progresses

    async def payment(self, caller: Caller, payment_id: str) -> Followed:
        """Raises PaymentNotFoundError."""
        found = await self.progress.payment(payment_id, caller.user_id)
        result = PaymentOutcome(
            payment_id=payment_id,
            status=found.state,
            version=found.version,
            error_code=found.error_code or None,
            elicitation=found.question.to_json() if found.question else None,
        )
        state = PaymentState(found.state)
        return _followed(found, result, final=state in FINAL_STATES, away=state in WAITING_STATES)

    async def mandate(self, caller: Caller, mandate_id: str) -> Followed:
        """Raises MandateNotFoundError."""
        found = await self.progress.mandate(mandate_id, caller.user_id)
        result = MandateOutcome(
            mandate_id=mandate_id,
            status=found.state,
            error_code=found.error_code or None,
            elicitation=found.question.to_json() if found.question else None,
        )
        return _followed(found, result, final=found.state != MandateState.AWAITING_CUSTOMER, away=False)

    async def standing_order(self, caller: Caller, order_id: str) -> Followed:
        """Raises StandingOrderNotFoundError."""
        found = await self.progress.standing_order(order_id, caller.user_id)
        result = StandingOrdersResult(
            order_id=order_id,
            status=found.state,
            error_code=found.error_code or None,
            elicitation=found.question.to_json() if found.question else None,
        )
        return _followed(found, result, final=found.state != OrderState.AWAITING_CUSTOMER, away=False)

    async def alert(self, desk: Shown, caller: Caller, alert_id: str) -> Followed:
        """Raises AlertNotFoundError."""
        found = await self.progress.alert(alert_id, caller.user_id)
        lines = [each for each in await desk.of(caller.user_id) if each.alert_id == alert_id]
        result = AlertsResult(
            alerts=[AlertLine.model_validate(each.to_json()) for each in lines],
            alert_id=alert_id,
            status=found.state,
            elicitation=found.question.to_json() if found.question else None,
        )
        return _followed(found, result, final=found.state != AlertState.DRAFT, away=False)


def _followed(found: Progress, result: Countersigned, *, final: bool, away: bool) -> Followed:
    return Followed(result, found.state, final, away, found.created_at, found.changed_at)

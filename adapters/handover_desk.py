"""Where people take over: who may, into which room, and what the customer's conversation hears of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from domain.errors import BankError, HandoverNotFoundError, NotASupervisorError, UnavailableError
from domain.handovers import HandoverNews, HandoverState, Outcome, Step
from domain.ids import is_safe_id

if TYPE_CHECKING:
    from adapters.postgres.handovers import PgHandovers
    from domain.approvals import Supervisor
    from domain.handovers import Handover

_log = structlog.get_logger(__name__)
_TOLD: Final = {Outcome.SETTLED: Step.SETTLED, Outcome.CALL_BACK: Step.CALL_BACK}


class Conversations(Protocol):
    """Conversations, as the desk reaches them."""

    async def handed(self, session_id: str, news: HandoverNews) -> None:
        """Tell one of its case."""
        ...


class LiveRooms(Protocol):
    """Rooms, as far as it matters whether the customer still holds the line."""

    async def customer_present(self, room_name: str, user_id: str) -> bool:
        """Whether the customer is in the room."""
        ...


class People(Protocol):
    """Who serves."""

    async def supervisor(self, user_id: str) -> Supervisor:
        """As the role stands now. Raises NotASupervisorError."""
        ...


@dataclass(frozen=True, slots=True)
class HandoverDesk:
    """Whoever is no supervisor now, whatever a token says: NotASupervisorError."""

    store: PgHandovers
    people: People
    rooms: LiveRooms
    conversations: Conversations

    async def of(self, person: str, state: HandoverState) -> list[Handover]:
        """Those of the person's tenant, without their own: longest waiting first."""
        found = await self.store.of((await self.people.supervisor(person)).tenant_id, state)
        return [each for each in found if each.user_id != person]

    async def claim(self, case_id: str, person: str) -> Handover:
        """Look after it: `live` where the customer still holds the line, so that one can go to them."""
        before = await self._get(case_id, person)
        live = await self._holds_the_line(before)
        await self.store.claim(case_id, person, live=live)
        claimed = await self._get(case_id, person)
        if not live:  # who goes into the room is seen there
            await self._tell(claimed, Step.WILL_CALL)
        return claimed

    async def close(self, case_id: str, person: str, outcome: Outcome, note: str) -> Handover:
        """It is settled, or the customer will be called back."""
        await self._get(case_id, person)
        await self.store.close(case_id, person, outcome, note)
        closed = await self._get(case_id, person)
        await self._tell(closed, _TOLD[outcome])
        return closed

    async def concerns(self, case_id: str, person: str) -> bool:
        """Whether an event about it is for this user, by the rights that they have now."""
        try:
            return (await self._get(case_id, person)).user_id != person
        except (NotASupervisorError, HandoverNotFoundError):
            return False

    async def _get(self, case_id: str, person: str) -> Handover:
        tenant_id = (await self.people.supervisor(person)).tenant_id
        if not is_safe_id(case_id):
            raise HandoverNotFoundError
        return await self.store.get(case_id, tenant_id)

    async def _holds_the_line(self, case: Handover) -> bool:
        try:
            return bool(case.room_name) and await self.rooms.customer_present(case.room_name, case.user_id)
        except UnavailableError:  # then they are called back
            return False

    async def _tell(self, case: Handover, step: Step) -> None:
        try:
            await self.conversations.handed(case.session_id, HandoverNews(step, case.case_id))
        except BankError as error:  # it has ended, and nobody listens
            _log.info("handover_untold", session_id=case.session_id, code=error.code)

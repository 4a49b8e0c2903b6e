"""Payments to other banks: handed to the rail, asked about, given back. Each step can be repeated and is done once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from temporalio import activity

from activities.ports.rail import Rail, RailBooks
from activities.refusals import refusals
from domain.payments import PaymentStep
from domain.rail import GivenBack, RailNews, RailOrder, RailReply, RailReturn, RailStatus, wait_s

_OPEN: Final = frozenset({RailStatus.SENT, RailStatus.PENDING})


@dataclass(frozen=True, slots=True)
class Rails:
    """Activities over the rail and what is known of it.

    `again_s`, `most_s`: how soon an open payment is asked about first, and at the longest. What the rail says that it
    does not know is handed in again as often as the books allow; then its key is barred, and it can be given up.
    """

    rail: Rail
    books: RailBooks
    again_s: float = 1
    most_s: float = 60

    @activity.defn(name="pay_over_rail")
    async def pay(self, step: PaymentStep) -> RailNews:
        """Hand it in, or find out what became of that. Fails with a refusal only where nothing has gone out."""
        with refusals():
            order = await self.books.intend(step)
            if order.status in _OPEN:
                order = await self.books.note(order.key, await self._answer(order))
        activity.logger.info(
            "rail asked", extra={"payment_id": step.payment_id, "status": order.status, "doubt": order.doubt}
        )
        return RailNews(order.status, wait_s(order.looks, self.again_s, self.most_s))

    @activity.defn(name="give_back")
    async def give_back(self, came_back: RailReturn) -> GivenBack:
        """Book what came back."""
        with refusals():
            given = await self.books.give_back(came_back.key)
        activity.logger.info("payment returned", extra={"payment_id": given.payment_id})
        return given

    async def _answer(self, order: RailOrder) -> RailReply:
        """The rail's word. Once it may have been asked, what it knows is looked at before it is asked again."""
        if order.first:
            return await self.rail.submit(order)
        known = await self.rail.find(order.key)
        if known is not None:
            return known
        if order.status is RailStatus.SENT and await self.books.may_retry(order.key):
            return await self.rail.submit(order)
        return await self.rail.bar(order.key)

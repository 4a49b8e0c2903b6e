"""What stands behind the tool `standing_orders`, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.errors import StandingOrderNotFoundError, UnknownPayeeError
from domain.standing_orders import OrderBegun, OrderRequest, OrderShown, OrderState
from tests.fakes.desk import question

AFTER = {"pause": OrderState.PAUSED, "resume": OrderState.ACTIVE, "cancel": OrderState.CANCELLED}


@dataclass
class FakeOrders:
    """Keeps what was asked for; `o1` is u1's."""

    wanted: list[OrderRequest] = field(default_factory=list[OrderRequest])
    state: OrderState = OrderState.ACTIVE

    async def create(self, request: OrderRequest) -> OrderBegun:
        if request.wish.payee == "Nobody":
            raise UnknownPayeeError
        self.wanted.append(request)
        asked = question(f"standing-order-{request.order_id}-confirmation-1").request
        return OrderBegun(request.order_id, OrderState.AWAITING_CUSTOMER, asked)

    async def change(self, request: OrderRequest) -> OrderBegun:
        if request.order_id != "o1":
            raise StandingOrderNotFoundError
        self.wanted.append(request)
        return OrderBegun("o1", self.state, question("standing-order-o1-confirmation-2").request)

    async def of(self, user_id: str) -> list[OrderShown]:
        shown = OrderShown(
            order_id="o1",
            state=self.state,
            amount_minor=80_00,
            amount="80.00",
            currency="USD",
            payee="City Power",
            account="checking",
            schedule="on the 1st of each month, from 1 December 2026",
            every="FREQ=MONTHLY;BYMONTHDAY=1",
            first_on="2026-11-22",
            ends_on="",
            zone="UTC",
            version=1,
            terms_hash="f" * 64,
            created_at="2026-11-22T10:00:00+00:00",
            next_on="2026-12-01",
        )
        return [shown] if user_id == "u1" else []

    async def step(self, order_id: str, user_id: str, name: str) -> OrderShown:
        if (order_id, user_id) != ("o1", "u1"):
            raise StandingOrderNotFoundError
        self.state = AFTER[name]
        return (await self.of(user_id))[0]

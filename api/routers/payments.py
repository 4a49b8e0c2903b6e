"""The signed-in customer's payments."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.security import Payer, Reader, Use

router = APIRouter(prefix="/api/payments")


@router.get("")
async def payments(who: Reader, services: Use, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> dict[str, Any]:
    """Newest first; minor units."""
    return {"payments": [asdict(payment) for payment in await services.payments.of(who.user_id, limit)]}


@router.get("/{payment_id}")
async def payment(payment_id: str, who: Reader, services: Use) -> dict[str, Any]:
    """One of the customer's own."""
    return asdict(await services.payments.get(payment_id, who.user_id))


@router.post("/{payment_id}/cancel")
async def cancel(payment_id: str, who: Payer, services: Use) -> dict[str, Any]:
    """Withdraw a payment that still waits."""
    own = await services.payments.get(payment_id, who.user_id)
    state = await services.payment_gateway.cancel(own.payment_id, who.user_id)
    return {"payment_id": own.payment_id, "state": state}

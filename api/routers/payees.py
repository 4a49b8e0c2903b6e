"""Whom the signed-in customer has registered to pay."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from api.documented import answers
from api.security import Payer, Reader, Use
from api.sent import Id
from api.shapes import Payees
from domain.errors import PayeeNotFoundError

router = APIRouter(prefix="/api/payees")


@router.get("", responses=answers(Payees))
async def payees(who: Reader, services: Use) -> dict[str, Any]:
    """By name."""
    return {"payees": [asdict(payee) for payee in await services.directory.payees_of(who.user_id)]}


@router.delete("/{payee_id}", responses=answers(Payees, PayeeNotFoundError))
async def remove(payee_id: Id, who: Payer, services: Use) -> dict[str, Any]:
    """Nothing is paid to them any more; a payment that still waits ends with `payee_removed`, its hold released."""
    await services.payees.remove(payee_id, who.user_id)
    return {"payees": [asdict(payee) for payee in await services.directory.payees_of(who.user_id)]}

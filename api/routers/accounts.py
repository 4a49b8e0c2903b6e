"""What the signed-in customer has."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.documented import answers
from api.security import Reader, Use
from api.sent import Id
from api.shapes import Accounts, Postings
from domain.errors import UnknownAccountError

router = APIRouter(prefix="/api/accounts")


@router.get("", responses=answers(Accounts))
async def accounts(who: Reader, services: Use) -> dict[str, Any]:
    """The customer's accounts, checking first; minor units."""
    return {"accounts": [asdict(account) for account in await services.directory.accounts_of(who.user_id)]}


@router.get("/{account_id}/transactions", responses=answers(Postings, UnknownAccountError))
async def transactions(
    account_id: Id, who: Reader, services: Use, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> dict[str, Any]:
    """The newest lines of one of the customer's own accounts."""
    own = await services.directory.accounts_of(who.user_id)
    if account_id not in {account.account_id for account in own}:
        raise UnknownAccountError
    postings = await services.directory.postings_of(account_id, limit)
    return {"account_id": account_id, "transactions": [asdict(posting) for posting in postings]}

"""Whether this process can do its work."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.documented import answers
from api.security import Use
from api.shapes import Health

router = APIRouter()


@router.get("/health", responses={**answers(Health), 503: {"model": Health}})
async def health(services: Use) -> JSONResponse:
    """200 while Postgres and Temporal answer, 503 otherwise."""
    fine = await services.ready()
    return JSONResponse({"status": "ok" if fine else "unavailable"}, 200 if fine else 503)

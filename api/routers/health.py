"""Whether this process can do its work."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.security import Use

router = APIRouter()


@router.get("/health")
async def health(services: Use) -> JSONResponse:
    """200 while Postgres and Temporal answer, 503 otherwise."""
    fine = await services.ready()
    return JSONResponse({"status": "ok" if fine else "unavailable"}, 200 if fine else 503)

"""The page at the root: what this is, and how to speak to it."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

router = APIRouter()

_PAGE: Final = Path(__file__).resolve().parents[2] / "web" / "index.html"
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
async def home() -> HTMLResponse:
    """A static page without script."""
    return HTMLResponse(_PAGE.read_text(), headers={"Content-Security-Policy": POLICY})

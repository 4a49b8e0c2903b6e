"""Whoever waits here waits long: a busy machine is no fault."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

import httpx

from tests.crashes.crew import Place

T = TypeVar("T")
PATIENCE_S: Final = 420.0
_LOOK_S: Final = 0.15


def until(look: Callable[[], T | None], what: str) -> T:
    """Look now and then until there is something true to see: so many look that more would slow them."""
    end = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(_LOOK_S)
    return found


def supervisor(place: Place, name: str) -> dict[str, str]:
    """A token of sam or sue, who sign in each time: all cases take longer than one lives."""
    body = {"username": name, "password": place.password}

    def token() -> str | None:
        try:
            answer = httpx.post(f"{place.api}/api/login", json=body, timeout=15)
        except httpx.TransportError:
            return None
        return answer.json()["access_token"] if answer.is_success else None

    return {"Authorization": f"Bearer {until(token, 'a supervisor to sign in')}"}

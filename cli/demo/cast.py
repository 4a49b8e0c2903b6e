"""Who and what takes part in a story: sign-ins, books, processes that can be killed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import httpx

from cli.client import Bank
from cli.console import here
from cli.device import Device, demo_only
from cli.inbox import newest_code
from runtime.demo_books import DemoBooks
from runtime.local import control

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from runtime.settings import Settings

_HTTP_S: Final = 30.0
_BACK_S: Final = 90.0
_SOON_S: Final = 20.0
_LOOK_S: Final = 0.1
T = TypeVar("T")


class House(Protocol):
    """The processes of the bank, as a fault sees them."""

    def kill(self, name: str) -> int:
        """SIGKILL; the id of the process, or 0."""
        ...

    def back(self, name: str, but_not: int) -> int:
        """Wait for another process than this one; its id. Raises TimeoutError."""
        ...


class LocalHouse:
    """The servers of this checkout."""

    def kill(self, name: str) -> int:
        """See House."""
        return control.kill(here(), name)

    def back(self, name: str, but_not: int) -> int:
        """See House."""
        return control.wait_ready(here(), name, but_not, _BACK_S)


class Cast:
    """One customer with a phone, the bank's books and its house."""

    def __init__(self, chosen: Settings, house: House, stack: ExitStack, customer: str) -> None:
        """Raises BankError, for one where this is no demo."""
        demo_only(chosen)
        self._chosen, self._stack = chosen, stack
        self.house, self.customer, self.agent_name = house, customer, chosen.voice_agent_name
        self.books = DemoBooks(chosen.migrations_url)
        self.device = Device(chosen, customer)
        self.phone = self.sign_in(customer)

    def sign_in(self, user: str) -> Bank:
        """Another sign-in, as from another device. Raises BankError."""
        bank = Bank(self._stack.enter_context(httpx.Client(base_url=self._chosen.api_url, timeout=_HTTP_S)))
        bank.sign_in(user, self._chosen.demo_password)
        return bank


def until(look: Callable[[], T | None], what: str) -> T:
    """Look again until there is something to see. Raises TimeoutError."""
    end = time.monotonic() + _SOON_S
    while not (found := look()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(_LOOK_S)
    return found


def question(bank: Bank, payment_id: str, kind: str) -> dict[str, Any]:
    """The open question of this type, once the payment asks it. Raises TimeoutError."""

    def look() -> dict[str, Any] | None:
        waiting = bank.get("/api/elicitations", status="pending")["elicitations"]
        asked = (each for each in waiting if each["payment_id"] == payment_id)
        return next((each for each in asked if each["elicitation_type"] == kind), None)

    return until(look, f"the question for the {kind}")


def code_of(bank: Bank, asked: dict[str, Any]) -> str:
    """The code that was sent for this question, once it has arrived. Raises TimeoutError."""

    def look() -> str:
        return newest_code(bank.get("/api/demo/inbox")["messages"], [asked], asked["elicitation_id"])

    return until(look, "the text message with the code")

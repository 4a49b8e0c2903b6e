"""Takes a message to a customer by the way that they chose: text message or mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from adapters.crash_points import Step, around
from domain.errors import DeliveryFailedError

if TYPE_CHECKING:
    from activities.ports import Delivered, Message
    from domain.accounts import Customer


class TextMessages(Protocol):
    """Short texts to a phone number."""

    async def send(self, to: str, text: str, key: str) -> None:
        """Deliver once per `key`. Raises UnavailableError or DeliveryFailedError."""
        ...


class Mail(Protocol):
    """Mail to an address."""

    async def send(self, to: str, subject: str, text: str, key: str) -> None:
        """Hand in. Raises UnavailableError or DeliveryFailedError."""
        ...


class Courier:
    """Implements `activities.ports.Messenger`."""

    def __init__(self, sms: TextMessages, mail: Mail) -> None:
        self._sms = sms
        self._mail = mail

    @around(Step.CODE_SEND)
    async def send(self, to: Customer, message: Message, key: str) -> Delivered:
        """Deliver; by which way. Raises UnavailableError or DeliveryFailedError; no other way is tried then.

        A second way that nobody chose would be a second door for whoever holds it.
        """
        way: Delivered = "email" if to.code_channel == "email" else "sms"
        address = to.email if way == "email" else to.phone
        if not address:
            raise DeliveryFailedError(f"no address for {way}")
        if way == "email":
            await self._mail.send(address, message.subject, message.text, key)
        else:
            await self._sms.send(address, message.text, key)
        return way

"""Webhooks of the rail: whose they are, once each, and what they set going. Money is moved by workflows alone."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from adapters.rail import reply_of
from adapters.webhooks import verify
from domain import ids
from domain.errors import InvalidRequestError, WebhookSignatureError, WebhookTooOldError
from domain.rail import RailEvent, RailStatus, payment_of

if TYPE_CHECKING:
    from adapters.temporal.rail import RailGateway


class RailEvents(Protocol):
    """What the rail said, at rest."""

    async def take(self, event: RailEvent) -> None:
        """Note it, once by its id. Raises what is wrong with it."""
        ...

    async def note_refused(self, code: str, detail: dict[str, str]) -> None:
        """Audit a call that was none of the rail's, or too late."""
        ...


@dataclass(frozen=True, slots=True)
class RailDesk:
    """`secrets`: the file with what the rail may sign with, one a line; read anew each time, so that it can change."""

    events: RailEvents
    gateway: RailGateway
    secrets: Path
    clock: Callable[[], float] = time.time

    async def take(self, headers: Mapping[str, str], body: bytes, address: str) -> str:
        """One webhook; the event's id. Nothing is lost where this fails, for the rail sends it again.

        Raises WebhookSignatureError, WebhookTooOldError, InvalidRequestError, WebhookReusedError,
        RailPaymentUnknownError, RailMismatchError, RailContradictionError, UnavailableError. All but the third and the
        last are audited.
        """
        try:
            event_id = verify(self.secrets.read_text().split(), headers, body, self.clock())
        except (WebhookSignatureError, WebhookTooOldError) as refused:
            digest = hashlib.sha256(body).hexdigest()
            await self.events.note_refused(refused.code, {"address": address, "digest": digest})
            raise
        event = event_of(event_id, body)
        await self.events.take(event)
        if event.reply.status is RailStatus.RETURNED:
            await self.gateway.returned(event.key)
        await self.gateway.answered(event.key)
        return event_id


def event_of(event_id: str, body: bytes) -> RailEvent:
    """Raises InvalidRequestError where it has not the form of an event about a payment."""
    try:
        said: object = json.loads(body)
    except ValueError:
        said = None
    payment = cast("dict[str, Any]", said).get("payment") if isinstance(said, dict) else None
    if not isinstance(payment, dict):
        raise InvalidRequestError("no payment")
    about = cast("dict[str, Any]", payment)
    reply, key = reply_of(about), str(about.get("key", ""))
    if reply is None or not ids.is_safe_id(payment_of(key)) or not key.rpartition("-")[2].isdecimal():
        raise InvalidRequestError("not a payment's state")
    return RailEvent(event_id, hashlib.sha256(body).hexdigest(), key, reply)

"""What a worker hands to each of its calls, and what a call is told at its dispatch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from adapters.temporal.client import connect
from domain.errors import InvalidRequestError

if TYPE_CHECKING:
    from temporalio.client import Client

    from adapters.tokens import ServiceTokens
    from runtime.settings import Settings
    from voice_worker.front import Words
    from voice_worker.models import Models
    from voice_worker.presence import LiveCalls


class Temporal:
    """One client for all calls of this process, whichever loop they run on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Client | None = None

    async def client(self) -> Client:
        """Connects where nobody has yet. Raises UnavailableError."""
        if self._client is None:
            settings = self._settings
            self._client = await connect(
                settings.temporal_address, settings.temporal_namespace, settings.payload_keys_file
            )
        return self._client


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """Shared by all calls of this process."""

    settings: Settings
    models: Models
    tokens: ServiceTokens
    calls: LiveCalls
    queue: str
    words: Words
    temporal: Temporal


@dataclass(frozen=True, slots=True)
class Summons:
    """A dispatch's metadata: whose session this is. The api wrote it, so it is believed."""

    session_id: str
    user_id: str
    platform: str

    @classmethod
    def read(cls, metadata: str, room_name: str) -> Summons:
        """Raises InvalidRequestError where the metadata names no user."""
        try:
            found: Any = json.loads(metadata or "{}")
        except ValueError as error:
            raise InvalidRequestError("dispatch metadata is no JSON") from error
        about = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        user_id = str(about.get("user_id") or "")
        if not user_id:
            raise InvalidRequestError("dispatch metadata names no user")
        return cls(str(about.get("session_id") or room_name), user_id, str(about.get("platform") or "web"))

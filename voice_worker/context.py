"""What a worker hands to each of its calls, and what a call is told at its dispatch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from domain.errors import InvalidRequestError

if TYPE_CHECKING:
    from adapters.tokens import ServiceTokens
    from runtime.settings import Settings
    from voice_worker.front import Words
    from voice_worker.models import Models
    from voice_worker.presence import LiveCalls


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """Shared by all calls of this process."""

    settings: Settings
    models: Models
    tokens: ServiceTokens
    calls: LiveCalls
    queue: str
    words: Words


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

"""What customers were told of late, sealed: found again for as long as nothing of theirs has changed."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog
from redis.exceptions import RedisError

from adapters.redis.stream import connect
from adapters.sealing import Sealer
from domain.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PREFIX: Final = "countersign:inquiry:"
_PURPOSE: Final = b"countersign.inquiry."
_WAIT_S: Final = 0.25
_LOOK_AGAIN_S: Final = 1.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and the customer's revision that was read before it was."""

    revision: int
    answer: str


class RedisAnswers:
    """Never raises: without Redis nothing is found, and nothing kept.

    An answer opens only for the question that it was sealed for, so whoever writes to Redis can neither read one nor
    put one in the place of another.
    """

    def __init__(self, url: str, keys_file: Path, lives_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = connect(url, wait_s=_WAIT_S)
        self._sealer = Sealer(keys_file, _PURPOSE)
        self._lives_ms = max(1, round(lives_s * 1000))
        self._clock = clock
        self._away_until = float("-inf")

    async def find(self, question: str) -> Told | None:
        """What was kept for exactly this question, if it has not expired."""
        if self._clock() < self._away_until:
            return None
        key = _key(question)
        try:
            sealed = await self._redis.get(key)
            if sealed is None:
                return None
            revision, _, answer = self._sealer.open(str(sealed), key).partition(" ")
            return Told(int(revision), answer)
        except (RedisError, OSError) as error:
            self._leave(error)
        except (UnavailableError, ValueError):  # another key ring's, or nobody's
            _log.warning("answer in redis does not open")
        return None

    async def keep(self, question: str, told: Told) -> None:
        """In the place of what was kept for it before. An older one in the place of a newer is merely not used."""
        if self._clock() < self._away_until:
            return
        key = _key(question)
        try:
            await self._redis.set(key, self._sealer.seal(f"{told.revision} {told.answer}", key), px=self._lives_ms)
        except (RedisError, OSError) as error:
            self._leave(error)

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()

    def _leave(self, error: Exception) -> None:
        _log.warning("answers are not remembered", code=UnavailableError.code, error=type(error).__name__)
        self._away_until = self._clock() + _LOOK_AGAIN_S


def _key(question: str) -> str:
    return _PREFIX + hashlib.sha256(question.encode()).hexdigest()

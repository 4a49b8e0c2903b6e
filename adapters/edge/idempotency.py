"""What is sent again under its Idempotency-Key is executed once (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID, uuid4

import structlog
from uuid_utils import uuid7

from adapters.crash_points import Step, around
from adapters.edge.exact_json import loads_exact
from domain import ids
from domain.errors import (
    IdempotencyInProgressError,
    IdempotencyKeyInvalidError,
    IdempotencyKeyReusedError,
    NotJsonError,
    UnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.postgres.idempotency import Claim, Result

HEADER: Final = "idempotency-key"
REPLAYED: Final = "Idempotency-Replayed"
_KEY: Final = re.compile(r'"?([\x21\x23-\x7e]{1,255})"?', re.ASCII)
_PAUSE_S: Final = 0.05
_LONGEST_PAUSE_S: Final = 0.4
_PASSING: Final = frozenset({401, 408, 425, 429})
_LARGEST_KEPT: Final = 64 * 1024
_SECRET: Final = re.compile(rb'"[^"]*(token|secret|password|otpauth|recovery)[^"]*"\s*:', re.IGNORECASE)
_seed: ContextVar[bytes] = ContextVar("idempotency_seed", default=b"")
_first_ms: ContextVar[int] = ContextVar("idempotency_first_ms", default=0)
_log = structlog.get_logger(__name__)


class Keys(Protocol):
    """Where claims and results are kept."""

    async def claim(self, key_hash: bytes, digest: bytes, holder: str) -> Claim:
        """Of any number of senders at once one gets `mine`."""
        ...

    async def settle(self, key_hash: bytes, holder: str, result: Result) -> None:
        """Keep the result; the first one stays."""
        ...

    async def release(self, key_hash: bytes, holder: str) -> None:
        """Nothing to keep: the next sender executes."""
        ...

    async def purge(self, most: int = 1000) -> int:
        """Forget keys whose time is over."""
        ...


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request with its key. `edge` and `user_id` keep callers' keys apart; `content` is what must stay the same."""

    edge: str
    user_id: str
    key: str
    content: bytes

    def key_hash(self) -> bytes:
        """Under which it is stored."""
        return hashlib.sha256(b"\0".join(part.encode() for part in (self.edge, self.user_id, self.key))).digest()

    def digest(self) -> bytes:
        """Of the content, keyed with the key, which is stored nowhere: a code in the content cannot be guessed back."""
        return hmac.digest(self.key.encode(), self.content, "sha256")


class Idempotency:
    """Executes, waits, or gives the first result."""

    def __init__(self, keys: Keys, *, wait_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._keys = keys
        self._wait_s = wait_s
        self._clock = clock

    async def once(self, keyed: Keyed, execute: Callable[[], Awaitable[Result]]) -> tuple[Result, bool]:
        """The result, and whether it is an earlier one.

        Raises IdempotencyKeyReusedError for other content, IdempotencyInProgressError where the first one takes long.
        What passes (5xx, 401, 429) or contains a secret is not kept: a repeat executes again, with the same `own_id`s.
        """
        key_hash, holder = keyed.key_hash(), uuid4().hex
        claim = await self._claimed(keyed, key_hash, holder)
        if claim.result is not None:
            return claim.result, True
        seed = hashlib.sha256(b"%b%d" % (key_hash, claim.first_ms)).digest()
        before = _seed.set(seed), _first_ms.set(claim.first_ms)
        try:
            result = await execute()
        except BaseException:
            await self._end(key_hash, holder, None)
            raise
        finally:
            _seed.reset(before[0])
            _first_ms.reset(before[1])
        await self._end(key_hash, holder, result)
        return result, False

    async def purge_now_and_then(self, every_s: float = 300) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._keys.purge()
            except UnavailableError as error:
                _log.info("keys wait to be purged", code=error.code)
            await asyncio.sleep(every_s)

    @around(Step.KEY_CLAIM)
    async def _claimed(self, keyed: Keyed, key_hash: bytes, holder: str) -> Claim:
        until, pause = self._clock() + self._wait_s, _PAUSE_S
        while True:
            claim = await self._keys.claim(key_hash, keyed.digest(), holder)
            if claim.kind == "conflict":
                told = "this Idempotency-Key was used for another request"
                raise IdempotencyKeyReusedError(told, digests=claim.digests)
            if claim.kind != "busy":
                return claim
            if self._clock() >= until:
                raise IdempotencyInProgressError(retry_after_s=1)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    @around(Step.KEY_KEEP)
    async def _end(self, key_hash: bytes, holder: str, result: Result | None) -> None:
        """What was executed is told even if it cannot be kept: a repeat finds its ids taken."""
        try:
            if result is not None and _is_kept(result):
                await self._keys.settle(key_hash, holder, result)
            else:
                await self._keys.release(key_hash, holder)
        except UnavailableError as error:
            _log.warning("a result could not be kept", code=error.code)


def own_id() -> str:
    """A new UUIDv7 for what this request makes; within a keyed request always the same one."""
    return derived_id("id") or str(uuid7())


def derived_id(purpose: str) -> str:
    """The id that the current request's key gives to this purpose; empty without a key."""
    seed = _seed.get()
    if not seed:
        return ""
    return ids.uuid7(_first_ms.get(), UUID(bytes=hmac.digest(seed, purpose.encode(), "sha256")[:16]))


def first_seen_ms() -> int:
    """When the current request's key was first seen, in ms since 1970; 0 without a key."""
    return _first_ms.get()


def key_in(values: list[str]) -> str:
    """The key of these header lines, quoted or bare; empty where there is none. Raises IdempotencyKeyInvalidError."""
    if not values:
        return ""
    read = _KEY.fullmatch(values[0].strip())
    if read is None or len(values) > 1:
        raise IdempotencyKeyInvalidError("Idempotency-Key must be one string of 1 to 255 visible characters")
    return read[1]


def canonical(body: bytes) -> bytes:
    """One form for all ways to write the same JSON; anything else as it is."""
    try:
        return json.dumps(loads_exact(body), sort_keys=True, separators=(",", ":")).encode() if body.strip() else b""
    except (NotJsonError, RecursionError):
        return body


def _is_kept(result: Result) -> bool:
    passing = result.status >= 500 or result.status in _PASSING
    return not passing and len(result.body) <= _LARGEST_KEPT and _SECRET.search(result.body) is None

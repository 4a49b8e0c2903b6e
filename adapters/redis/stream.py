"""The event stream `countersign:events`: entry id `{seq}-0`, one field `event` with the event as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from adapters.crash_points import Step, around
from domain.errors import UnavailableError
from domain.events import Event, EventKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.typing import EncodableT, FieldT

STREAM: Final = "countersign:events"
KEPT: Final = 10_000
"""About how many events the stream keeps; whoever is further behind reads Postgres."""
_CONNECT_S: Final = 1.0
_ALREADY_THERE: Final = "equal or smaller"


def event_json(event: Event) -> dict[str, Any]:
    """An event as plain JSON: the fields of `domain.events.Event`."""
    return asdict(event)


def event_from(found: dict[str, Any]) -> Event:
    """The inverse of `event_json`."""
    fields: dict[str, Any] = {**found, "kind": EventKind(found["kind"])}
    return Event(**fields)


def connect(url: str, wait_s: float = 2.0) -> Redis:
    """A client that never retries by itself and waits at most `wait_s` seconds for an answer."""
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=_CONNECT_S,
        socket_timeout=wait_s,
        retry=Retry(NoBackoff(), 0),
    )


class EventStream:
    """The relay's side. All methods raise UnavailableError where Redis cannot be reached."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url)

    @around(Step.PUBLISH)
    async def publish(self, events: Sequence[Event]) -> None:
        """Add events in order of seq; one that is already there is left as it is."""
        pipeline = self._redis.pipeline(transaction=False)
        for event in events:
            fields: dict[FieldT, EncodableT] = {"event": json.dumps(event_json(event))}
            pipeline.xadd(STREAM, fields, id=f"{event.seq}-0", maxlen=KEPT, approximate=True)
        try:
            answers = await pipeline.execute(raise_on_error=False)
        except (RedisError, OSError) as error:
            raise UnavailableError(f"redis: {type(error).__name__}") from error
        for answer in answers:
            if isinstance(answer, Exception) and not _is_repeat(answer):
                raise UnavailableError(f"redis: {type(answer).__name__}") from answer

    async def last_seq(self) -> int:
        """The newest seq in the stream, 0 where there is none."""
        try:
            newest: Any = await self._redis.xrevrange(STREAM, count=1)
        except (RedisError, OSError) as error:
            raise UnavailableError(f"redis: {type(error).__name__}") from error
        return seq_of(newest[0][0]) if newest else 0

    async def clear(self) -> None:
        """Drop the whole stream: it belongs to another database's life."""
        try:
            await self._redis.delete(STREAM)
        except (RedisError, OSError) as error:
            raise UnavailableError(f"redis: {type(error).__name__}") from error

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()


def seq_of(entry_id: str) -> int:
    """`57-0` → 57."""
    return int(entry_id.partition("-")[0])


def _is_repeat(answer: Exception) -> bool:
    return isinstance(answer, ResponseError) and _ALREADY_THERE in str(answer)

"""One trace a turn, from the first sound of it to the last of its answer."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, set_span_in_context, use_span

from adapters.speech.sounds import Deaf, Dismissed, Sound, Started
from adapters.traces import TRACER

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractContextManager


def begin_turn(session_id: str, channel: str, *after: Span) -> Span:
    """The root of a new trace; `after` is linked to it."""
    links = [Link(span.get_span_context()) for span in after]
    return TRACER.start_span("turn", Context(), attributes={"session_id": session_id, "channel": channel}, links=links)


@contextmanager
def serving(span: Span | None, session_id: str) -> Generator[Span]:
    """Serve a turn below its span, and end that. A turn that is served once more gets a second trace."""
    if span is None or not span.is_recording():
        span = begin_turn(session_id, "voice", *([span] if span else []))
    with use_span(span, end_on_exit=True, record_exception=False):
        yield span


class SpokenTurns:
    """The traces of one caller's spoken turns, while they are being heard. All on the call's own loop."""

    def __init__(self, session_id: str) -> None:
        self._session_id = session_id
        self._turn: Span | None = None
        self._chunk: Span | None = None

    def hear(self, sound: Sound) -> None:
        """Speech begins a trace; what was a noise ends it."""
        if isinstance(sound, Started) and self._turn is None:
            self._begin()
        elif isinstance(sound, Dismissed | Deaf):
            self.take("dismissed" if isinstance(sound, Dismissed) else "deaf").end()

    def current(self) -> AbstractContextManager[object]:
        """For what is done while the turn is still being heard."""
        return nullcontext() if self._turn is None else use_span(self._turn)

    def take(self, state: str = "heard") -> Span:
        """The turn's span, now that all of it was heard; whoever takes it ends it."""
        turn = self._turn or self._begin()
        if self._chunk is not None:
            self._chunk.set_attribute("state", state)
            self._chunk.end()
        self._turn, self._chunk = None, None
        return turn

    def _begin(self) -> Span:
        self._turn = begin_turn(self._session_id, "voice")
        self._chunk = TRACER.start_span("stt_chunk", set_span_in_context(self._turn, Context()))
        return self._turn

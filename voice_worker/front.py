"""One session's way from words to meaning: grammar, names and masking, and what its second ear listens for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.models.helping import Help
from adapters.outside.phrases import Phrases
from adapters.understanding.dates.calendar import Calendar
from adapters.understanding.front import safe_slots
from adapters.understanding.understander import Understander
from domain.conversation import Expects
from domain.understanding import Vocabulary
from runtime.telemetry import tracer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from adapters.masking import Masker
    from adapters.models.helping import Helped
    from adapters.speech.listener import LanguageFiles
    from domain.conversation import Joined
    from domain.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Words:
    """What a worker knows of words: how to mask them, how to make a language model of a vocabulary (blocks).

    `phrases`: what other servers' tools are asked with. `help`: who understands what the grammar does not.
    """

    masker: Masker
    language: Callable[[Vocabulary], LanguageFiles]
    phrases: Phrases = field(default_factory=lambda: Phrases(()))
    calendar: Calendar = field(default_factory=Calendar)
    help: Help = field(default_factory=Help)


class CallFront:
    """Implements `voice_worker.ports.Front`. Until the customer's names are known it understands without them."""

    def __init__(self, words: Words, expects: Callable[[], Expects]) -> None:
        """`expects` tells what the conversation waits for."""
        self._words = words
        self._expects = expects
        self._vocabulary = Vocabulary()
        self._understander = Understander(self._vocabulary, words.phrases, words.calendar)

    def know(self, joined: Joined) -> None:
        """Learn the customer's names."""
        self._vocabulary = Vocabulary(joined.payees, joined.accounts)
        self._understander = Understander(self._vocabulary, self._words.phrases, self._words.calendar)

    async def language(self) -> LanguageFiles:
        """What the second ear needs to know; made once a vocabulary."""
        return await asyncio.to_thread(self._words.language, self._vocabulary)

    def understand(self, text: str) -> Understanding:
        """What raw words mean in this session, just now."""
        with tracer().start_as_current_span("llm_request", attributes={"provider": "grammar"}):
            return self._understander.understand(text, self._expects())

    async def helped(self, text: str, meaning: Understanding, stage: str) -> Helped:
        """What raw words mean that the grammar did not understand; `stage` as in Reply.state."""

        async def here() -> str:
            return stage

        return await self._words.help.understand(text, meaning, self._vocabulary, self._expects(), here)

    def explain(self, text: str, meaning: Understanding) -> AsyncGenerator[str]:
        """Sentences about an open question, as they come."""
        return self._words.help.explain(text, meaning, self._vocabulary.payees, self._expects())

    def mask(self, text: str) -> str:
        """Raw words made fit for history, logs and models."""
        return self._words.masker.mask(text, code_expected=self._expects() is Expects.CODE).text

    def slots(self, understanding: Understanding) -> dict[str, str]:
        """What may leave the process of an understanding's slots."""
        return safe_slots(understanding, self._words.masker)

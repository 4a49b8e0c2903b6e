"""How a front asks models: only what the grammar did not understand, never for a code, and never in its place."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.conversation import Expects
from domain.suggestion import State
from domain.understanding import Intent, Understanding, Vocabulary

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from adapters.models.assistant import LanguageModels


@dataclass(frozen=True, slots=True)
class Helped:
    """What an utterance means in the end. `degraded` as in domain.conversation.Turn."""

    understanding: Understanding
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Help:
    """The models of a process, or none."""

    models: LanguageModels | None = None

    def wanted(self, found: Understanding, expects: Expects) -> bool:
        """Whether a model may be asked about this at all: not while a code is awaited, for it may be in the words."""
        open_ = found.intent in {Intent.UNKNOWN, Intent.QUESTION}
        return self.models is not None and open_ and expects is not Expects.CODE

    async def understand(
        self,
        words: str,
        found: Understanding,
        vocabulary: Vocabulary,
        expects: Expects,
        stage: Callable[[], Awaitable[str]],
    ) -> Helped:
        """`found` by the grammar in raw `words`, or what a model makes of them. `stage` as in Reply.state.

        Raises MaskingFailedError.
        """
        if self.models is None or found.intent is not Intent.UNKNOWN or not self.wanted(found, expects):
            return Helped(found)
        state = State.of(await stage())
        suggested = await self.models.understand(words, vocabulary, state)
        return Helped(suggested.understanding or found, suggested.degraded)

    async def explain(
        self, words: str, meant: Understanding, payees: tuple[str, ...], expects: Expects
    ) -> AsyncGenerator[str]:
        """Sentences about an open question, as they come; none where there is none, or nobody to answer it.

        Raises MaskingFailedError.
        """
        if self.models is None or meant.intent is not Intent.QUESTION or not self.wanted(meant, expects):
            return
        async with aclosing(self.models.answer(words, payees)) as sentences:
            async for sentence in sentences:
                yield sentence

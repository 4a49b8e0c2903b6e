"""What the fronts have of language models: an understanding beyond the grammar, and an explanation, or neither."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from adapters.breakers import MODEL, Breakers
from adapters.models import prompts, telemetry
from adapters.models.complexity import is_complex
from adapters.models.cover import Cover, only_figures
from adapters.models.engine import Asked, Engine, ModelError
from adapters.models.reading import GarbageError, understood
from adapters.models.speaking import MOST_LETTERS, MOST_SENTENCES, Sentences, may_be_said
from adapters.models.spending import Spendings
from adapters.models.thread import LoopThread
from adapters.traces import TRACER
from adapters.understanding.dates.calendar import Calendar
from domain.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from opentelemetry.trace import Span

    from adapters.masking import Masker
    from adapters.models.cover import Covered
    from adapters.models.engine import Messages, Used
    from adapters.models.plan import Group, Plan
    from domain.suggestion import State
    from domain.understanding import Understanding, Vocabulary

_BREAKER: Final = "model"
_UNDERSTAND: Final = "understand"
_ANSWER: Final = "answer"
_MOST_TOKENS: Final = {_UNDERSTAND: 300, _ANSWER: 220}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a model makes of an utterance; nothing where none was asked. `degraded`: one should have been, in vain."""

    understanding: Understanding | None = None
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class _Utterance:
    """What was said, raw and covered, by whom it was said, and where in a dialogue."""

    words: str
    covered: Covered
    vocabulary: Vocabulary
    state: State


class LanguageModels:
    """The models of one plan, for the customers of one tenant. Any event loop may ask."""

    def __init__(
        self, plan: Plan, masker: Masker, redis_url: str, tenant: str, calendar: Calendar | None = None
    ) -> None:
        """Raises ModelsFileError where a price is not known."""
        self._plan = plan
        self._masker = masker
        self._tenant = tenant
        self._calendar = calendar or Calendar()
        self._engine = Engine(plan)
        self._spendings = Spendings(plan, redis_url)
        self._breakers = Breakers(MODEL)
        self._thread = LoopThread("models")
        self._loading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to load; until that is done, there is no model."""
        self._thread.start()
        self._loading = asyncio.create_task(self._thread.call(self._engine.load()), name="models")
        return self

    async def __aexit__(self, *_: object) -> None:
        """End what runs."""
        await self.loaded()
        await self._thread.call(self._spendings.close())
        await asyncio.to_thread(self._thread.close)

    async def loaded(self) -> bool:
        """Wait until loading has ended; whether calls can be made."""
        if self._loading is not None:
            await self._loading
        return self._engine.loaded

    async def understand(self, words: str, vocabulary: Vocabulary, state: State) -> Suggestion:
        """What raw `words` mean that the grammar did not understand. Raises MaskingFailedError."""
        return await self._thread.call(self._understand(words, vocabulary, state))

    async def answer(self, words: str, payees: tuple[str, ...]) -> AsyncGenerator[str]:
        """Sentences that may be said about a question, as they come; none where there is no model, or no good answer.

        Raises MaskingFailedError.
        """
        async with aclosing(self._thread.iterate(self._answer(words, payees))) as sentences:
            async for sentence in sentences:
                yield sentence

    # ---- below here: on the models' own loop

    async def _understand(self, words: str, vocabulary: Vocabulary, state: State) -> Suggestion:
        if only_figures(words):
            return Suggestion()
        covered = Cover(vocabulary.payees, self._masker).cover(words)
        if covered.secret:
            return Suggestion()
        today = self._calendar.now().date()
        tries: tuple[tuple[Messages, bool], ...] = (
            (prompts.understanding(covered.text, today, vocabulary.accounts, state), True),
            (prompts.simpler(covered.text, state), False),
        )
        if await self._spendings.is_spent(self._tenant):
            return Suggestion(degraded=True)
        ends = time.monotonic() + self._plan.timeouts.understand_s
        utterance = _Utterance(words, covered, vocabulary, state)
        for messages, formed in tries:
            found = await self._suggested(messages, utterance, ends, formed=formed)
            if found is not None:
                return Suggestion(found)
        return Suggestion(degraded=True)

    async def _suggested(
        self, messages: Messages, said: _Utterance, ends: float, *, formed: bool
    ) -> Understanding | None:
        """One try; nothing where it came to nothing."""
        left_s = ends - time.monotonic()
        if left_s <= 0:
            return None
        schema = prompts.schema(said.state) if formed else None
        asked = Asked(self._route(said.covered.text, _UNDERSTAND), messages, _MOST_TOKENS[_UNDERSTAND], left_s, schema)
        with TRACER.start_as_current_span("llm_request", record_exception=False) as span:
            span.set_attributes({telemetry.OPERATION: _UNDERSTAND, telemetry.ROUTE: asked.group, "provider": "model"})
            begun = time.monotonic()
            try:
                async with self._breakers.guard(_BREAKER):
                    answer, used = await self._engine.complete(asked)
                    await self._count(span, _UNDERSTAND, asked.group, used, begun)
                    return understood(answer, said.words, said.covered, said.vocabulary, said.state.intents)
            except (UnavailableError, GarbageError) as error:
                telemetry.failed(_UNDERSTAND, _reason(error), span)
        return None

    async def _answer(self, words: str, payees: tuple[str, ...]) -> AsyncGenerator[str]:
        covered = Cover(payees, self._masker).cover(words)
        if covered.secret:
            return
        asked = Asked(
            self._route(covered.text, _ANSWER),
            prompts.answer(covered.text),
            _MOST_TOKENS[_ANSWER],
            self._plan.timeouts.answer_s,
        )
        said = letters = 0
        async with aclosing(self._spoken(asked)) as sentences:
            async for sentence in sentences:
                named = covered.found(sentence)
                letters += len(named)
                if said >= MOST_SENTENCES or letters > MOST_LETTERS or not may_be_said(named, self._masker):
                    return
                said += 1
                yield named

    async def _spoken(self, asked: Asked) -> AsyncGenerator[str]:
        """Whole sentences. What breaks off leaves those that were whole."""
        sentences = Sentences()
        span = TRACER.start_span("llm_request", attributes={telemetry.OPERATION: _ANSWER, telemetry.ROUTE: asked.group})
        begun, begins = time.monotonic(), False
        spent: list[Used] = []
        try:
            if await self._spendings.is_spent(self._tenant):
                raise ModelError("budget_spent")
            stream = self._engine.stream(asked, spent.append)
            async with self._breakers.guard(_BREAKER), aclosing(stream) as parts:
                async for part in parts:
                    if not begins:
                        begins = True
                        telemetry.first_token(time.monotonic() - begun, asked.group)
                    for sentence in sentences.take(part):
                        yield sentence
            for sentence in sentences.rest():
                yield sentence
        except UnavailableError as error:
            telemetry.failed(_ANSWER, _reason(error), span)
        finally:
            for used in spent:
                await self._count(span, _ANSWER, asked.group, used, begun)
            span.end()

    def _route(self, text: str, operation: str) -> Group:
        group = self._plan.group_for("large" if is_complex(text) else "small")
        telemetry.routed(group, operation)
        return group

    async def _count(self, span: Span, operation: str, group: Group, used: Used, begun: float) -> None:
        first = self._plan.groups[group][0]
        fallback = bool(used.deployment) and used.deployment != first
        telemetry.used(span, operation, self._tenant, used, fallback=fallback, seconds=time.monotonic() - begun)
        await self._spendings.add(self._tenant, used.cost_micro)


def _reason(error: Exception) -> str:
    return error.reason if isinstance(error, ModelError) else type(error).__name__

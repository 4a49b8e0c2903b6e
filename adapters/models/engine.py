"""LiteLLM's Router: who is asked, who helps out, who rests, and what an answer has cost."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters.models.prices import Rate, rates_of
from domain.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from adapters.models.plan import Deployment, Group, Plan

_log = structlog.get_logger(__name__)
Messages = list[dict[str, str]]
_LOGGERS: Final = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")
_STREAMED: Final[dict[str, Any]] = {"stream": True, "stream_options": {"include_usage": True}}
_LETTERS_A_TOKEN: Final = 3
"""At the least: what is not reported is counted upwards."""
_LONGEST: Final = 4_000
"""Characters of an answer; a model that goes on is cut off."""


class ModelError(UnavailableError):
    """No model answered, or what came was no use. `reason` is fit for a log."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"model: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Used:
    """Who answered a call, what it took, and what it cost in millionths of a dollar."""

    deployment: str
    tokens_in: int
    tokens_out: int
    cost_micro: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One call. `schema`: of the JSON that is wanted, if any."""

    group: Group
    messages: Messages
    most_tokens: int
    timeout_s: float
    schema: dict[str, Any] | None = None


@dataclass(slots=True)
class _Streamed:
    """An answer on its way: what came last and what of it is words, and all of them together."""

    source: Any = None
    last: Any = None
    part: str = ""
    text: str = ""


class Engine:
    """The deployments of one plan. All calls come from one event loop."""

    def __init__(self, plan: Plan) -> None:
        """Raises ModelsFileError where a price is not known."""
        self._plan = plan
        self._rates = rates_of(plan)
        self._router: Any = None

    @property
    def loaded(self) -> bool:
        """Whether calls can be made."""
        return self._router is not None

    async def load(self) -> None:
        """Import the library, which blocks for seconds. Whatever it trips over, the bank goes on without models."""
        try:
            router = _router(self._plan, self._rates)
            await _warm_up(router, next(iter(self._plan.groups)))
            self._router = router
        except Exception as error:  # noqa: BLE001
            _log.error("models_not_loaded", error=type(error).__name__)

    async def complete(self, asked: Asked) -> tuple[str, Used]:
        """The whole answer. Raises ModelError."""
        try:
            async with asyncio.timeout(asked.timeout_s):
                answer = await self._there().acompletion(**_arguments(asked))
            text = str(answer.choices[0].message.content or "")
        except Exception as error:  # noqa: BLE001 - the library raises what its providers' libraries raise
            raise _failed(error) from None
        return text[:_LONGEST], self._used(asked, answer, text)

    async def stream(self, asked: Asked, used: Callable[[Used], None]) -> AsyncGenerator[str]:
        """The answer as it comes; `used` is told at its end, however it ends. Raises ModelError.

        To be iterated by one task that does nothing else: its time-outs run on.
        """
        streamed = _Streamed()
        try:
            async with asyncio.timeout(asked.timeout_s):
                await self._begin(asked, streamed)
                while streamed.part and len(streamed.text) <= _LONGEST:
                    yield streamed.part
                    await _go_on(streamed, self._plan.timeouts.gap_s)
        except Exception as error:  # noqa: BLE001 - as above
            raise _failed(error) from None
        finally:
            if streamed.source is not None:
                used(self._used(asked, streamed.last, streamed.text))

    def _there(self) -> Any:  # noqa: ANN401 - the library's own types are open
        if self._router is None:
            raise ModelError("not_loaded")
        return self._router

    async def _begin(self, asked: Asked, streamed: _Streamed) -> None:
        """Until the first words. The library lets nobody help out for one that accepts and then says nothing."""
        router = self._there()
        targets = [asked.group, *(f"{name}@{group}" for group, name in self._plan.line_of(asked.group)[1:])]
        for target in targets:
            try:
                streamed.source = await router.acompletion(**_arguments(asked, target), **_STREAMED)
                await _go_on(streamed, self._plan.timeouts.first_token_s)
            except Exception as error:
                if target is targets[-1]:
                    raise
                _log.warning("model_did_not_begin", error=type(error).__name__)
                streamed.part = streamed.text = ""
            if streamed.part:
                return
        raise ModelError("empty")

    def _used(self, asked: Asked, answer: Any, text: str) -> Used:  # noqa: ANN401
        hidden: dict[str, Any] = getattr(answer, "_hidden_params", None) or {}
        name = str(hidden.get("model_id") or "").partition("@")[0]
        usage = getattr(answer, "usage", None)
        guessed = sum(len(each["content"]) for each in asked.messages) // _LETTERS_A_TOKEN
        tokens_in = int(getattr(usage, "prompt_tokens", 0) or 0) or guessed
        tokens_out = int(getattr(usage, "completion_tokens", 0) or 0) or -(-len(text) // _LETTERS_A_TOKEN)
        rate = self._rates.get(name) or self._dearest(asked.group)
        return Used(name, tokens_in, tokens_out, rate.micro(tokens_in, tokens_out))

    def _dearest(self, group: Group) -> Rate:
        return max((self._rates[name] for _, name in self._plan.line_of(group)), key=lambda rate: rate.output)


async def _go_on(streamed: _Streamed, limit_s: float) -> None:
    """To the next words. The library's own time-outs see bytes; a server's comments are bytes, too."""
    streamed.part = ""
    async with asyncio.timeout(limit_s):
        async for chunk in streamed.source:
            streamed.last = chunk
            streamed.part = (chunk.choices[0].delta.content or "") if chunk.choices else ""
            if streamed.part:
                streamed.text += streamed.part
                return


async def _warm_up(router: Any, group: str) -> None:  # noqa: ANN401
    """Talks to nobody: the library loads half of itself at the first call, and that can take a second."""
    hello = [{"role": "user", "content": "hello"}]
    await router.acompletion(model=group, messages=hello, mock_response="hello")
    async for _ in await router.acompletion(model=group, messages=hello, mock_response="hello", **_STREAMED):
        pass


def _arguments(asked: Asked, target: str = "") -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "model": target or asked.group,
        "messages": asked.messages,
        "max_tokens": asked.most_tokens,
        "temperature": 0,
    }
    if asked.schema is not None:
        form = {"name": "understanding", "schema": asked.schema, "strict": True}
        wanted["response_format"] = {"type": "json_schema", "json_schema": form}
    return wanted


def _failed(error: Exception) -> ModelError:
    """Without the library's message: it may quote what was sent."""
    return error if isinstance(error, ModelError) else ModelError(type(error).__name__)


def _router(plan: Plan, rates: dict[str, Rate]) -> Any:  # noqa: ANN401
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches its table of prices from the net
    import litellm  # noqa: PLC0415 - takes seconds

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.drop_params = True
    for name in _LOGGERS:
        # they print requests, prompts included, when something fails
        quiet = logging.getLogger(name)
        quiet.handlers.clear()
        quiet.setLevel(logging.CRITICAL + 1)
    return litellm.router.Router(
        model_list=list(_deployments(plan, rates)),
        fallbacks=[{group: [other]} for group, other in plan.fallbacks.items()],
        num_retries=plan.retries,
        retry_after=0,
        timeout=plan.timeouts.deployment_s,
        stream_timeout=plan.timeouts.first_token_s,
        allowed_fails=plan.cooldown.failures,
        cooldown_time=plan.cooldown.for_s,
        set_verbose=False,
    )


def _deployments(plan: Plan, rates: dict[str, Rate]) -> Iterator[dict[str, Any]]:
    for group, members in plan.groups.items():
        for order, name in enumerate(members, start=1):
            yield {
                "model_name": group,
                "litellm_params": _parameters(plan.deployments[name], rates[name]) | {"order": order},
                "model_info": {"id": f"{name}@{group}"},
            }


def _parameters(deployment: Deployment, rate: Rate) -> dict[str, Any]:
    found: dict[str, Any] = {"model": deployment.model, "max_retries": 0}
    if key := deployment.key.get_secret_value():
        found["api_key"] = key
    elif not deployment.local:
        found["api_key"] = "none"  # else the library would look for one in the environment
    if deployment.api_base:
        found["api_base"] = deployment.api_base
    if deployment.api_version:
        found["api_version"] = deployment.api_version
    if deployment.budget is not None:  # the library counts this one, by its own floats
        found |= {"input_cost_per_token": float(rate.input), "output_cost_per_token": float(rate.output)}
        found["max_budget"] = float(deployment.budget.usd)
        found["budget_duration"] = "1d" if deployment.budget.per == "day" else "30d"
    return found

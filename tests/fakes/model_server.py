"""A hosted model over real HTTP: OpenAI's chat completions, whole or streamed, that answers and fails as it is told."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

STALL_S = 30.0


@dataclass(frozen=True)
class Says:
    """An answer. Streamed, `gap_s` passes before each part; after so many parts it stalls, or hangs up; -1: never."""

    text: str
    gap_s: float = 0.0
    stall_after: int = -1
    hang_up_after: int = -1


@dataclass(frozen=True)
class Fails:
    """A refusal, with its Retry-After where given."""

    status: int
    retry_after: str = ""


@dataclass(frozen=True)
class Hangs:
    """Nothing comes at all."""


Act = Says | Fails | Hangs


@dataclass
class ModelServer:
    """`script` is played first, one act a request; then `always`. `requests`: every body that came, oldest first."""

    always: Act | Callable[[dict[str, Any]], Act] = field(default_factory=lambda: Says("{}"))
    script: deque[Act] = field(default_factory=deque[Act])
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    authorizations: list[str] = field(default_factory=list[str])

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/v1/chat/completions")
        async def completions(request: Request) -> Response:
            body: dict[str, Any] = await request.json()
            self.requests.append(body)
            self.authorizations.append(request.headers.get("authorization", ""))
            act = self.script.popleft() if self.script else self.always
            return await _played(act(body) if callable(act) else act, body)

        @app.get("/v1/models")
        async def models() -> dict[str, Any]:
            return {"object": "list", "data": [{"id": "stub", "object": "model"}]}

        return app

    @property
    def seen(self) -> str:
        """Everything that ever came here, as one text."""
        return json.dumps(self.requests)


async def _played(act: Act, body: dict[str, Any]) -> Response:
    if isinstance(act, Fails):
        headers = {"Retry-After": act.retry_after} if act.retry_after else {}
        return JSONResponse({"error": {"message": f"refused: {json.dumps(body)}"}}, act.status, headers)
    if isinstance(act, Hangs):
        await asyncio.sleep(STALL_S)
        return Response(status_code=504)
    if body.get("stream"):
        return StreamingResponse(_parts(act, body), media_type="text/event-stream")
    message = {"role": "assistant", "content": act.text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return JSONResponse(_shape(body, "chat.completion") | {"choices": [choice], "usage": _usage(act)})


async def _parts(act: Says, body: dict[str, Any]) -> AsyncIterator[str]:
    words = [f"{word} " for word in act.text.split(" ")]
    for at, word in enumerate(words):
        if at == act.hang_up_after:
            raise ConnectionError("the fake hangs up, as it was told")
        if at == act.stall_after:
            await asyncio.sleep(STALL_S)
        await asyncio.sleep(act.gap_s)
        delta = {"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": None}
        yield _event(_shape(body, "chat.completion.chunk") | {"choices": [delta]})
    last = {"index": 0, "delta": {}, "finish_reason": "stop"}
    yield _event(_shape(body, "chat.completion.chunk") | {"choices": [last]})
    yield _event(_shape(body, "chat.completion.chunk") | {"choices": [], "usage": _usage(act)})
    yield "data: [DONE]\n\n"


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data)}\n\n"


def _shape(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": body.get("model", "stub")}


def _usage(act: Says) -> dict[str, int]:
    words = len(act.text.split())
    return {"prompt_tokens": 100, "completion_tokens": words, "total_tokens": 100 + words}

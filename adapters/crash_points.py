"""Named points at which a process kills itself where a test has armed them; elsewhere they are passed without a look.

Each step has two: `<step>.before` and `<step>.after`. A test arms one by a file `<point>@<anything>` in the folder that
the settings name; the file's text is a regular expression, and the call that it is found in is the one. Whoever takes
the file away dies, so that each file is one death (docs/adr/0029-crash-points.md).
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Coroutine
from enum import StrEnum
from functools import wraps
from pathlib import Path
from types import CoroutineType
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
TAKEN: Final = "taken"
"""The folder, within the armed one, of what was taken."""


class Step(StrEnum):
    """What lies between two points, in the order of a payment's way."""

    KEY_CLAIM = "key.claim"
    TURN = "conversation.turn"
    BEGIN = "payment.begin"
    PAYMENT_OPEN = "ledger.open"
    REVERSAL_OPEN = "ledger.reverse"
    RUN_OPEN = "order.run"
    QUESTION_OPEN = "question.open"
    CHILD_START = "child.start"
    CODE_SEND = "code.send"
    CODE_NOTE = "code.note"
    CODE_TRY = "code.try"
    ANSWER = "question.answer"
    QUESTION_CLOSE = "question.close"
    ANSWER_NOTE = "answer.note"
    HOLD = "ledger.hold"
    APPROVAL_OPEN = "approval.open"
    DECIDE = "approval.decide"
    APPROVAL_SETTLE = "approval.settle"
    WAIT = "ledger.wait"
    CORRECT = "payment.correct"
    REVISE = "ledger.revise"
    CANCEL = "payment.cancel"
    VOID = "ledger.void"
    RAIL_SUBMIT = "rail.submit"
    RAIL_FIND = "rail.find"
    WEBHOOK = "rail.webhook"
    POST = "ledger.post"
    RAIL_RETURN = "rail.return"
    RUN_SETTLE = "order.settle"
    ACTIVITY = "activity"
    SIGNAL = "signal"
    ANNOUNCE = "announce"
    NUMBER = "outbox.number"
    PUBLISH = "outbox.publish"
    KEY_KEEP = "key.keep"


class _Armed:
    """Where this process looks for what is armed; None: nowhere."""

    folder: Path | None = None


def look_in(folder: Path | None) -> None:
    """From now on take what is armed there. The settings refuse a folder in production."""
    _Armed.folder = folder


def around(step: Step) -> Callable[[Callable[P, Coroutine[Any, Any, T]]], Callable[P, CoroutineType[Any, Any, T]]]:
    """A point before the method and one after it, when its work is done and its caller does not know yet."""

    def decorate(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, CoroutineType[Any, Any, T]]:
        @wraps(method)
        async def passing(*args: P.args, **kwargs: P.kwargs) -> T:
            if _Armed.folder is None:
                return await method(*args, **kwargs)
            given = (*args[1:], kwargs)
            reach(f"{step}.before", given)
            result = await method(*args, **kwargs)
            reach(f"{step}.after", (given, result))
            return result

        return passing

    return decorate


def reach(point: str, what: object) -> None:
    """Die here, if a file is armed for this point and its text is found in `what`."""
    if _Armed.folder is None:
        return
    for path in _Armed.folder.glob(f"{point}@*"):
        if _taken(path, repr(what)):
            os.kill(os.getpid(), signal.SIGKILL)


def _taken(path: Path, what: str) -> bool:
    """Whether it is meant, and nobody else had it first."""
    try:
        if not re.search(path.read_text(), what):
            return False
        path.rename(path.parent / TAKEN / path.name)
    except FileNotFoundError:
        return False
    return True

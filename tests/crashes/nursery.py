"""Processes that start in no time: forked from one that has imported everything, and again as soon as they die.

`python -m tests.crashes.nursery` reads one line of JSON, a list of `[module, environment, log file]`, and ends all with
the end of its standard input.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import sys
import traceback
from pathlib import Path
from typing import Final

from adapters.crash_points import look_in
from adapters.understanding.understander import warm_up
from runtime.local.launch import PR_SET_PDEATHSIG
from runtime.settings import settings
from runtime.telemetry import setup
from temporal_worker.run import serve

KNOWN: Final = (
    *("api.app", "api.compose", "mcp_tools.compose", "uvicorn.lifespan.on", "uvicorn.loops.auto"),
    "runtime.local.rail.__main__",
    *("uvicorn.protocols.http.auto", "uvicorn.protocols.websockets.auto"),
)
"""Imported here so that no child has to."""
LOOK_S: Final = 0.02

Wanted = tuple[str, dict[str, str], str]


def become(module: str, environment: dict[str, str], log: str) -> None:
    """Never returns: this process is `python -m module` from here on."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with Path(log).open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(environment)
    try:
        if module == "temporal_worker":
            work()
        else:
            importlib.import_module(f"{module}.__main__").main()
    except BaseException:  # noqa: BLE001 - whatever it is, it is this process's end
        traceback.print_exc()
    finally:
        os._exit(1)


def work() -> None:
    """`temporal_worker`, with its crash points armed."""
    setup("temporal_worker")
    look_in(settings().crash_dir)
    asyncio.run(serve(settings()))


def raise_them(wanted: list[Wanted]) -> None:
    """Until nobody is left who wants them."""
    running = {_fork(each): each for each in wanted}
    while not select.select([sys.stdin], [], [], LOOK_S)[0]:
        while (dead := os.waitpid(-1, os.WNOHANG)[0]) in running:
            each = running.pop(dead)
            running[_fork(each)] = each
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _fork(each: Wanted) -> int:
    pid = os.fork()
    if pid == 0:
        become(*each)
    return pid


if __name__ == "__main__":
    for module in KNOWN:
        importlib.import_module(module)
    warm_up()
    gc.freeze()
    raise_them([(each[0], each[1], each[2]) for each in json.loads(sys.stdin.readline())])

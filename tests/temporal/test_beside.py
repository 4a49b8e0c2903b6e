"""A loop beside a process's own work outlives what nobody thought of."""

from __future__ import annotations

import asyncio

import pytest

from adapters.beside import kept_going


async def test_a_loop_that_fails_is_begun_anew_and_can_be_ended() -> None:
    begun, well = 0, asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun < 3:
            raise ValueError(begun)
        well.set()
        await asyncio.Event().wait()

    going = asyncio.create_task(kept_going(work, "loop", again_s=0))
    await asyncio.wait_for(well.wait(), 60)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert begun == 3

"""Workflows on a real Temporal server, with the bank in memory behind the activities' ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.temporal.client import connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from temporalio.client import Client

    from runtime.local.stack import Stack

from tests.fakes.staff import House, staffed


@pytest.fixture
async def client(stack: Stack) -> Client:
    stack.start(["temporal"])
    return await connect(stack.env["COUNTERSIGN_TEMPORAL_ADDRESS"], "default", stack.site.layout.keys / "payload.json")


@pytest.fixture
async def bank(client: Client) -> AsyncIterator[House]:
    async with staffed(client) as open_bank:
        yield open_bank

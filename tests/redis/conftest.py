"""A Redis of one's own to kill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtime.local.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Servers that stay down when they are killed."""
    servers = Stack(tmp_path_factory.mktemp("mortal"), ["redis"], supervise=False)
    servers.start()
    yield servers
    servers.stop()

"""Other MCP servers, read and checked once, when a process starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.outside.config import OutsideConfig, read_config
from domain.dialogue.graphs import HOUSE

if TYPE_CHECKING:
    from runtime.settings import Settings


def outside_servers(chosen: Settings) -> OutsideConfig:
    """What the settings' file names. Raises OutsideConfigError."""
    return read_config(chosen.outside_file, (place.state.name for place in HOUSE.places()))

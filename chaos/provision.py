"""Toxiproxy: found, or built once a version."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from runtime.local import built, find
from runtime.local.find import MissingProgramError
from runtime.local.provision import run

if TYPE_CHECKING:
    from runtime.local.find import Program

_PACKAGE: Final = "github.com/Shopify/toxiproxy/v2/cmd/server"
_VERSION: Final = f"-X github.com/Shopify/toxiproxy/v2.Version={find.TOXIPROXY_VERSION}"
"""Built as a tool it would not know its own."""


def toxiproxy() -> Program:
    """The program, built first where it is not there. Raises MissingProgramError, or PreparationError."""
    try:
        return find.toxiproxy()
    except MissingProgramError:
        target = find.toxiproxy_cached()
        asyncio.run(built.build(run, find.toxiproxy, "toxiproxy", _PACKAGE, target, ldflags=_VERSION))
        return find.toxiproxy()

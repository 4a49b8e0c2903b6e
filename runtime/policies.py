"""The tenants' policies, read and checked once, when a process starts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.policy import DEFAULT, Policies, Table
from domain.policy_check import PolicyError
from domain.policy_file import table_from

if TYPE_CHECKING:
    from pathlib import Path

    from runtime.settings import Settings


def policies(chosen: Settings) -> Policies:
    """The table of each tenant that has a file, and the default one. Raises PolicyError, with the file's name."""
    default = replace(DEFAULT, cooling_off_s=chosen.cooling_off_s)
    return Policies(default, {tenant: _read(file, chosen) for tenant, file in chosen.policy_files.items()})


def _read(file: Path, chosen: Settings) -> Table:
    try:
        return table_from(json.loads(file.read_bytes()), chosen.cooling_off_s)
    except (OSError, ValueError) as error:
        raise PolicyError(f"{file}: {error}") from error

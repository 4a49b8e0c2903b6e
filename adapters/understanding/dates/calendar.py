"""What day it is at the bank, and how its customers write dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`zone`: the bank's IANA time zone; `day_first`: whether `5/6` is the fifth of June; `clock`: aware times."""

    zone: str = "UTC"
    day_first: bool = False
    clock: Callable[[], datetime] = _utc_now

    def now(self) -> datetime:
        """The bank's wall clock to the minute, without a zone."""
        return self.clock().astimezone(ZoneInfo(self.zone)).replace(second=0, microsecond=0, tzinfo=None)

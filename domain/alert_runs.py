"""What an AlertWorkflow begins with, anew or over a continue-as-new."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.alerts import AlertNow, AlertRequest, AlertState, Examined, LedgerEvent, Owner


@dataclass(frozen=True, slots=True)
class AlertCarried:
    """An alert's whole memory over a continue-as-new. `results`: the last ones, by the callers' ids.

    `events`: what was posted and has not been looked at yet.
    """

    owner: Owner
    examined: Examined
    state: AlertState
    version: int
    events_max: int
    seen: tuple[int, ...] = ()
    results: dict[str, AlertNow] = field(default_factory=dict[str, AlertNow])
    events: tuple[LedgerEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertStart:
    """Argument of AlertWorkflow.run. `carried` holds the memory over a continue-as-new."""

    request: AlertRequest
    carried: AlertCarried | None = None

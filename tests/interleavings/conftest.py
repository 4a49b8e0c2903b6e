from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from _pytest.terminal import TerminalReporter

FIGURES: list[str] = []


@pytest.fixture
def closing_figures() -> Callable[[str], None]:
    """What was run, for pytest's last lines and for the test's own output."""

    def note(figures: str) -> None:
        print(figures)  # noqa: T201
        FIGURES.append(figures)

    return note


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    for figures in FIGURES:
        terminalreporter.write_line(figures)

"""Whom somebody means by a name, among those in a statement."""

from __future__ import annotations

import pytest

from adapters.counterparties import meant

NAMES = ("City Power", "CITY POWER", "Corner Grocer", "Corner Garage", "Blue Door Coffee", "Café Zoë", "O'Neill & Sons")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("City Power", [("City Power", "CITY POWER")]),
        ("city power's", [("City Power", "CITY POWER")]),
        ("the citypower", [("City Power", "CITY POWER")]),
        ("City Power Company", [("City Power", "CITY POWER")]),
        ("citty powr", [("City Power", "CITY POWER")]),
        ("grocer", [("Corner Grocer",)]),
        ("groc", [("Corner Grocer",)]),
        ("corner", [("Corner Grocer",), ("Corner Garage",)]),
        ("door", [("Blue Door Coffee",)]),
        ("coffee blue", [("Blue Door Coffee",)]),
        ("cafe zoe", [("Caf\u00e9 Zo\u00eb",)]),
        ("oneill and sons", [("O'Neill & Sons",)]),
        ("o\u2019neill", [("O'Neill & Sons",)]),
        ("co", []),
        ("Harrods", []),
        ("", []),
        ("  ", []),
        ("!", []),
    ],
)
def test_meant(asked: str, expected: list[tuple[str, ...]]) -> None:
    assert meant(asked, NAMES) == expected

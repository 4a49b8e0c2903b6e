"""Cursors: they bring back their place, for their own question alone."""

from __future__ import annotations

import base64
import json

import pytest

from domain.errors import CursorInvalidError
from domain.inquiries import Place
from mcp_tools.cursors import cursor, place_in

PLACE = Place("2026-05-31T23:59:59.999999+00:00", 7, "a1", 12_34)


def broken(**changes: object) -> str:
    names = ("digest", "at", "transfer_id", "account_id", "size_minor")
    text = cursor(PLACE, "q")
    parts = dict(zip(names, json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))), strict=True))
    return base64.urlsafe_b64encode(json.dumps([*(parts | changes).values()]).encode()).decode()


def test_there_and_back() -> None:
    assert place_in(cursor(PLACE, "q"), "q") == PLACE
    assert place_in(broken(), "q") == PLACE


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "\u20ac", "====", "bnVsbA", "W10", base64.urlsafe_b64encode(b"[" * 300).decode()),
        *(broken(more=1), broken(digest="0"), broken(digest=None)),
        *(broken(at="yesterday"), broken(at="2026-05-31T10:00:00"), broken(at=None), broken(at="2026-05-31")),
        *(broken(transfer_id=-1), broken(transfer_id="7"), broken(transfer_id=2**63), broken(transfer_id=True)),
        *(
            broken(account_id=None),
            broken(account_id="a\0"),
            broken(account_id="\ud800"),
            broken(size_minor=1.5),
            broken(size_minor=None),
        ),
    ],
)
def test_what_is_no_cursor(text: str) -> None:
    with pytest.raises(CursorInvalidError):
        place_in(text, "q")


def test_of_another_question() -> None:
    with pytest.raises(CursorInvalidError):
        place_in(cursor(PLACE, "q"), "r")

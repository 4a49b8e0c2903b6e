"""The file of other servers, and the phrases that use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.masking import Masker
from adapters.outside.config import OutsideConfigError, read_config
from adapters.outside.phrases import Phrases
from adapters.understanding.front import hear_text
from adapters.understanding.understander import Understander
from domain.conversation import Expects
from domain.understanding import Intent, Vocabulary

if TYPE_CHECKING:
    from pathlib import Path

FILE = """
servers:
  - name: branches
    url: https://branches.example/mcp
    tools:
      - tool: find_branch
        states: [idle]
        phrases: "(where is | find) [me] (the | a) [nearest] branch [near $place | in $place]"
        arguments: {place: "{place}"}
        answer: "{name}"
"""


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("https://", "http://", "http on this machine"),
        ("https://branches.example/mcp", "http://127.0.0.1.evil.example/mcp", "http on this machine"),
        ("name: branches", "name: Branches!", "name"),
        ("[idle]", "[dreaming]", "dreaming"),
        ("[idle]", "[]", "states"),
        ("{place}", "{city}", "city"),
        ("near $place", "near ($place", "phrases"),
        ("answer:", "reply:", "reply"),
        ("    url: https://branches.example/mcp\n", "", "either a url or a command"),
        ("servers:", "servers: [", "outside.yaml"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_place(tmp_path: Path, was: str, becomes: str, why: str) -> None:
    file = tmp_path / "outside.yaml"
    assert was in FILE
    file.write_text(FILE.replace(was, becomes))
    with pytest.raises(OutsideConfigError, match=why) as refused:
        read_config(file, ["idle"])
    assert str(file) in str(refused.value)


def test_two_servers_of_one_name_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "outside.yaml"
    file.write_text(FILE + FILE.split("servers:\n")[1])
    with pytest.raises(OutsideConfigError, match="one name"):
        read_config(file, ["idle"])


@pytest.fixture
def understander(tmp_path: Path) -> Understander:
    file = tmp_path / "outside.yaml"
    file.write_text(FILE)
    phrases = Phrases(read_config(file, ["idle"]).allowed().values())
    return Understander(Vocabulary(payees=("Sarah Chen",)), phrases)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Where is the nearest branch?", None),
        ("hey, could you find me a branch in Old Town please", "old town"),
        ("where's the nearest branch near the central station", "the central station"),
    ],
)
def test_a_phrase_is_understood_with_its_words(understander: Understander, text: str, place: str | None) -> None:
    found = understander.understand(text)
    assert (found.intent, found.slots.get("tool")) == (Intent.OUTSIDE, "branches.find_branch")
    assert found.slots.get("place") == place


@pytest.mark.parametrize(
    ("text", "intent"),
    [("what's my balance", Intent.BALANCE), ("pay Sarah Chen ten dollars", Intent.PAY), ("cancel", Intent.CANCEL)],
)
def test_the_banks_own_words_come_first(understander: Understander, text: str, intent: Intent) -> None:
    assert understander.understand(text).intent is intent


def test_no_phrase_takes_a_code(understander: Understander) -> None:
    assert understander.understand("find a branch in one two three", Expects.CODE).intent is not Intent.OUTSIDE


def test_what_leaves_is_masked(understander: Understander) -> None:
    heard = hear_text("find a branch in maya@example.com", understander, Masker())
    assert heard.understanding.intent is not Intent.OUTSIDE or "maya@" not in str(heard.understanding.slots)

"""What only another server knows: asked there, told here, with nothing of the bank's in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.dialogue.moves import AskOutside

if TYPE_CHECKING:
    from domain.conversation import Turn
    from domain.dialogue.state import Dialogue


def outside(dialogue: Dialogue, turn: Turn) -> tuple[Dialogue, AskOutside]:
    """Whether the tool may be asked here is for the configuration to say, when it is called."""
    words = {name: said for name, said in turn.slots.items() if name != "tool"}
    return dialogue, AskOutside(turn.slots.get("tool", ""), words)

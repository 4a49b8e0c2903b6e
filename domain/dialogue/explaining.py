"""Open questions, which a language model has answered or nobody has; and what is said where no model can help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.dialogue.moves import Say

if TYPE_CHECKING:
    from domain.conversation import Turn
    from domain.dialogue.state import Dialogue
    from domain.dialogue.wishes import Decided

NO_ANSWER: Final = "I can't explain that from here. I can tell you about your accounts, and pay one of your payees."
SIMPLE_ONLY: Final = "Just now I only understand simple sentences. Say for example: what's my balance."
OR_A_PERSON: Final = "I still only understand simple sentences just now. You can also ask me for a person."


def explain(dialogue: Dialogue, turn: Turn) -> Decided:
    """The answer as it was found, and checked, by the front."""
    return dialogue, Say(turn.answer or NO_ANSWER)


def simple_only(dialogue: Dialogue) -> str:
    """No model could be asked, and without one nothing was understood; the second time a person is offered."""
    return SIMPLE_ONLY if dialogue.misheard < 2 else OR_A_PERSON

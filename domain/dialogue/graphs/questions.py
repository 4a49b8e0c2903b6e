"""Open questions: explained in the middle of whatever is open."""

from __future__ import annotations

from typing import Final

from domain.dialogue import explaining
from domain.dialogue.graph import Graph, actions, aside
from domain.understanding import Intent

QUESTIONS: Final = Graph(
    name="questions",
    about="What banking words mean, and how things work: answered by a language model, or not at all.",
    anywhere=(aside(Intent.QUESTION, do="explain"),),
    actions=actions(explaining.explain),
)

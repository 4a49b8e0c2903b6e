"""A dialogue as a declared graph: its states, what each asks and expects, and what leads from one to another.

How to add a dialogue, in one file of `domain/dialogue/graphs/` and one line of `graphs/__init__.py`:

1. Write its guards `(Dialogue, Turn) -> bool` and actions `(Dialogue, Turn) -> (Dialogue, Move)`. An action changes the
   memory and picks a move; it never sets `stage`: the transition says where the dialogue is then.
2. Declare a `Graph`. In `anywhere` stands what may be said in the middle of any other dialogue: an inquiry (an
   `aside`: it is answered, and the open question is asked again), or the wish that begins this one. In `throughout`
   stands what may be said in each of its own states, in a state's `on` what only that state knows. The most
   particular wins: `on`, then `throughout`, then any graph's `anywhere`, then the graph's `fallback`. Within one tuple
   the first whose guard holds.
3. Targets are state names: of the same graph (`collecting`), or of another (`home.idle`, which is where a dialogue
   ends). An empty target stays. `after` names what the bank tells (Event) and the state it leads to.
4. `tools` are all that its states may call; any other call is refused. A graph's own `tools` are for its `anywhere`.
5. `countersign dialogue check` and every process's start refuse a graph with a dead end, an unreachable state, an
   unknown name or two transitions of which only one can ever be taken. `countersign dialogue draw NAME` draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.conversation import Expects, Turn
from domain.dialogue.state import Dialogue
from domain.understanding import Intent

if TYPE_CHECKING:
    from domain.dialogue.moves import Move

Guard = Callable[[Dialogue, Turn], bool]
Action = Callable[[Dialogue, Turn], "tuple[Dialogue, Move]"]
Prompt = Callable[[Dialogue], str]
Belongs = Callable[[Dialogue], bool]


class Event(StrEnum):
    """What a bank's answer or news means for a dialogue."""

    ASKS_YES = "asks_yes"
    ASKS_CODE = "asks_code"
    ASKS_PASSKEY = "asks_passkey"
    WORKS = "works"
    LACKS = "lacks"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class On:
    """Where one of `intents` is heard and `when` holds: `do`, and be in `to`. `when` empty: always; `to` empty: stay.

    `aside`: a digression; what is open is asked again behind what it says.
    """

    intents: tuple[Intent, ...]
    do: str
    to: str = ""
    when: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """Where the bank tells of `event`, the dialogue is in `to`."""

    event: Event
    to: str


@dataclass(frozen=True, slots=True)
class State:
    """One place in a dialogue. `name` is what fronts see in `Reply.state`; `prompt` says what is asked here.

    `help`: one sentence on what can be said here. `slots`: what an answer may hold; `expects`: how a front listens.
    `again`: the prompt in short, for coming back to it; empty: `prompt`. `rest`: a conversation may end here.
    `waits`: nothing is asked of the customer here, so silence is no silence.
    """

    name: str
    prompt: str
    help: str
    expects: Expects = Expects.ANYTHING
    slots: tuple[str, ...] = ()
    on: tuple[On, ...] = ()
    tools: tuple[str, ...] = ()
    rest: bool = False
    again: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """A dialogue. `belongs` tells, where two graphs have states of one name, whether the memory is of this one.

    `title`: what is gone back to after a digression (`the payment`).
    """

    name: str
    about: str
    title: str = ""
    states: tuple[State, ...] = ()
    throughout: tuple[On, ...] = ()
    anywhere: tuple[On, ...] = ()
    after: tuple[After, ...] = ()
    tools: tuple[str, ...] = ()
    fallback: str = ""
    belongs: Belongs = field(default=lambda _dialogue: True)
    guards: Mapping[str, Guard] = field(default_factory=dict[str, Guard])
    actions: Mapping[str, Action] = field(default_factory=dict[str, Action])
    prompts: Mapping[str, Prompt] = field(default_factory=dict[str, Prompt])

    def state(self, name: str) -> State | None:
        """Its state of that name."""
        return next((each for each in self.states if each.name == name), None)


def on(*intents: Intent, do: str, to: str = "", when: str = "") -> On:
    """A transition, as one line of a graph."""
    return On(intents, do, to, when)


def aside(*intents: Intent, do: str, when: str = "") -> On:
    """A digression, as one line of a graph."""
    return On(intents, do, when=when, aside=True)


def guards(*functions: Guard) -> dict[str, Guard]:
    """Guards by their own names."""
    return {_name(each): each for each in functions}


def actions(*functions: Action) -> dict[str, Action]:
    """Actions by their own names."""
    return {_name(each): each for each in functions}


def prompts(*functions: Prompt) -> dict[str, Prompt]:
    """Prompts by their own names."""
    return {_name(each): each for each in functions}


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__name__", "").lstrip("_")

"""The dialogues' graphs: what is refused, and what is true of those that there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.conversation import Expects
from domain.dialogue.checks import GraphError, check
from domain.dialogue.expected import expected
from domain.dialogue.graph import After, Event, Graph, State, on
from domain.dialogue.graphs import HOUSE
from domain.dialogue.graphs.home import HOME
from domain.dialogue.house import House
from domain.understanding import Intent

STOP = on(Intent.CANCEL, do="stop", to="home.idle")
TEA = Graph(
    name="tea",
    about="Tea is made.",
    title="the tea",
    states=(
        State("brewing", "how_long", "Wait.", on=(on(Intent.CONFIRM, do="wait", to="drinking"), STOP)),
        State("drinking", "well", "Drink.", on=(STOP,), tools=("balance",)),
    ),
    anywhere=(on(Intent.OUTSIDE, do="brew", to="brewing"),),
    after=(After(Event.ENDED, "home.idle"),),
    fallback="wait",
    guards={"thirsty": lambda _dialogue, _turn: True},
    actions=dict.fromkeys(("brew", "wait", "stop"), HOME.actions["welcome"]),
    prompts=dict.fromkeys(("how_long", "well"), HOME.prompts["where_it_stands"]),
)
BREWING, DRINKING = TEA.states
MONEY = tuple(graph for graph in HOUSE.graphs if graph.name in {"home", "payment", "mandate"})


def drinking(**changed: object) -> Graph:
    return replace(TEA, states=(BREWING, replace(DRINKING, **changed)))


FAULTY: list[tuple[str, Graph, str]] = [
    ("a dead end", replace(drinking(on=(replace(STOP, to=""),)), after=()),
     "tea.drinking: nothing leads out to where a conversation may end"),
    ("a state that nothing leads to", replace(TEA, states=(replace(BREWING, on=(STOP,)), DRINKING)),
     "tea.drinking: nothing leads there"),
    ("a graph that nothing leads to", replace(TEA, anywhere=()), "tea.brewing: nothing leads there"),
    ("an unknown target", drinking(on=(replace(STOP, to="sleeping"),)), "tea.drinking: unknown target sleeping"),
    ("an unknown target of an event", replace(TEA, after=(After(Event.ENDED, "home.bed"),)),
     "tea, after ended: unknown target home.bed"),
    ("an unknown guard", drinking(on=(replace(STOP, when="tired"),)), "tea.drinking: unknown guard tired"),
    ("an unknown action", drinking(on=(replace(STOP, do="spill"),)), "tea.drinking: unknown action spill"),
    ("an unknown prompt", drinking(prompt="really"), "tea.drinking: unknown prompt really"),
    ("an unknown tool", drinking(tools=("samovar",)), "tea.drinking: unknown tool samovar"),
    ("no help", drinking(help=""), "tea.drinking: no help"),
    ("no title", replace(TEA, title=""), "tea: no title to go back to"),
    ("an unknown short prompt", drinking(again="soon"), "tea.drinking: unknown prompt soon"),
    ("no fallback", replace(TEA, fallback=""), "tea: no fallback"),
    ("an unknown fallback", replace(TEA, fallback="shrug"), "tea: unknown fallback shrug"),
    ("two unguarded transitions", drinking(on=(STOP, STOP)), "tea.drinking: two transitions on cancel"),
    ("a guard that comes too late", drinking(on=(STOP, replace(STOP, when="thirsty"))),
     "tea.drinking: two transitions on cancel"),
    ("what another graph does anywhere", replace(TEA, anywhere=(*TEA.anywhere, on(Intent.MANDATES, do="wait"))),
     "anywhere: two transitions on mandates"),
    ("a state that cannot be cancelled", drinking(on=(on(Intent.DENY, do="stop", to="home.idle"),)),
     "tea.drinking: nothing is done about cancel"),
    ("a state twice", replace(TEA, states=(*TEA.states, DRINKING)), "tea.drinking: declared twice"),
    ("an event with two targets", replace(TEA, after=(*TEA.after, *TEA.after)), "tea, after ended: two targets"),
]  # fmt: skip


@pytest.mark.parametrize(("graph", "fault"), [row[1:] for row in FAULTY], ids=[row[0] for row in FAULTY])
def test_what_nobody_could_talk_by_is_refused(graph: Graph, fault: str) -> None:
    with pytest.raises(GraphError) as refused:
        check(House((*MONEY, graph)))
    assert fault in str(refused.value).splitlines()


def test_a_sound_one_is_let_in() -> None:
    check(House((*MONEY, TEA)))
    check(House((*MONEY, drinking(on=(replace(STOP, when="thirsty"), STOP)))))


def test_a_house_without_a_door_is_refused() -> None:
    with pytest.raises(GraphError, match=r"there is no home\.idle"):
        check(House((TEA,)))


@pytest.mark.parametrize("intent", list(Intent))
def test_each_state_knows_what_to_expect(intent: Intent) -> None:
    for place in HOUSE.places():
        found = expected(place.state.name)
        assert place.state.expects is found.listens
        assert set(place.state.slots) <= set(found.slots)
        assert not set(found.likely) & set(found.possible)
    assert (intent in expected("awaiting_code").likely) >= (intent in {Intent.CODE, Intent.RESEND})


def test_nothing_is_expected_where_nobody_stands() -> None:
    assert expected("nowhere").listens is Expects.ANYTHING
    assert expected("nowhere").likely == ()

"""Every moment at which somebody dies, and the payments that come by there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from random import Random
from typing import Final, NamedTuple

from adapters.crash_points import Step


class Kind(StrEnum):
    """What is paid how."""

    WEB = "web, code"
    TOOL = "tool, code"
    MOBILE = "mobile, passkey"
    MANDATE = "standing mandate"
    SUPERVISED = "supervised"
    COOLING = "new payee, held"
    OWN = "own accounts"
    OUTSIDE = "another bank"
    SILENT = "another bank, silent"
    RETURNED = "another bank, returned"
    ORDER = "standing order"
    REVERSED = "reversed"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


_EVERY: Final = frozenset(Kind)
_RAIL: Final = frozenset({Kind.OUTSIDE, Kind.SILENT, Kind.RETURNED})
_ALL: Final = _EVERY - {Kind.SILENT, Kind.RETURNED, Kind.ORDER, Kind.REVERSED}
"""Those that differ from the first to the last step; the others only from where they go their own way."""
_TALKING: Final = _ALL - {Kind.TOOL}
_CODED: Final = _ALL - {Kind.MANDATE, Kind.OWN}
_TYPED: Final = _CODED - {Kind.WITHDRAWN}
_SAID: Final = _TYPED & _TALKING
_PAID: Final = _EVERY - {Kind.WITHDRAWN}
_KNOWN: Final = _EVERY - {Kind.REVERSED}
"""Whose payment's id is known before anything is held: a reversal's is not."""
_ORDER: Final = frozenset({Kind.ORDER})
_REVERSED: Final = frozenset({Kind.REVERSED})
_APPROVED: Final = frozenset({Kind.SUPERVISED, Kind.REVERSED})
_TOLD_LATER: Final = frozenset({Kind.SUPERVISED, Kind.COOLING})
"""How it ends is no reply to anything that was said."""


class Moment(NamedTuple):
    """A step, what else its call must be about, and who comes by. `later`: the call names the payment, nobody else."""

    step: Step
    words: str = ""
    kinds: frozenset[Kind] = _ALL
    later: bool = False


def _activities() -> Iterator[Moment]:
    for name, kinds, later in (
        ("call_tool", _TALKING, False),
        ("screen_payment", _ALL | _ORDER | _REVERSED, False),
        ("open_elicitation", _ALL, False),
        ("accept_answer", _ALL, False),
        ("hold_funds", _KNOWN, True),
        ("post_payment", _PAID, True),
        ("revise_payment", frozenset({Kind.CORRECTED}), False),
        ("open_approval", frozenset({Kind.SUPERVISED}), False),
        ("accept_decision", _APPROVED, True),
        ("pay_over_rail", _RAIL, True),
        ("give_back", frozenset({Kind.RETURNED}), True),
        ("settle_standing_order", _ORDER, True),
        ("await_payment", frozenset({Kind.COOLING}), True),
        ("end_payment", frozenset({Kind.WITHDRAWN}), True),
    ):
        yield Moment(Step.ACTIVITY, name, kinds, later)


MOMENTS: Final = (
    Moment(Step.KEY_CLAIM, "{who}-ask", _ALL | _REVERSED),
    Moment(Step.KEY_CLAIM, "{who}-yes"),
    Moment(Step.KEY_CLAIM, "{who}-code", _TYPED | _ORDER),
    Moment(Step.TURN, "{who}-ask", _TALKING),
    Moment(Step.TURN, "{who}-yes", _TALKING),
    Moment(Step.TURN, "{who}-code", _SAID),
    Moment(Step.BEGIN, "", _ALL | _REVERSED),
    Moment(Step.PAYMENT_OPEN, "", _ALL | _ORDER),
    Moment(Step.REVERSAL_OPEN, "", _REVERSED),
    Moment(Step.RUN_OPEN, "", _ORDER),
    Moment(Step.QUESTION_OPEN, "-confirmation-"),
    Moment(Step.QUESTION_OPEN, "-otp-", _CODED),
    Moment(Step.QUESTION_OPEN, "-biometric-", frozenset({Kind.MOBILE})),
    Moment(Step.CHILD_START, "-confirmation-"),
    Moment(Step.CHILD_START, "-otp-", _CODED),
    Moment(Step.CHILD_START, "-supervisor_approval", frozenset({Kind.SUPERVISED})),
    Moment(Step.CHILD_START, "'payment-", _ORDER),
    Moment(Step.CODE_SEND, "", _CODED),
    Moment(Step.CODE_NOTE, "", _CODED, later=True),
    Moment(Step.CODE_TRY, "", _TYPED, later=True),
    Moment(Step.ANSWER, "-confirmation-", later=True),
    Moment(Step.ANSWER, "-otp-", _TYPED | _ORDER, later=True),
    Moment(Step.ANSWER, "-biometric-", frozenset({Kind.MOBILE}), later=True),
    Moment(Step.QUESTION_CLOSE, "-confirmation-", later=True),
    Moment(Step.QUESTION_CLOSE, "-otp-", _CODED | _ORDER, later=True),
    Moment(Step.ANSWER_NOTE, "-confirmation-"),
    Moment(Step.ANSWER_NOTE, "-otp-", _TYPED),
    Moment(Step.HOLD, "", _KNOWN, later=True),
    Moment(Step.APPROVAL_OPEN, "", frozenset({Kind.SUPERVISED})),
    Moment(Step.DECIDE, "", _APPROVED, later=True),
    Moment(Step.APPROVAL_SETTLE, "", _APPROVED, later=True),
    Moment(Step.WAIT, "", frozenset({Kind.COOLING}), later=True),
    Moment(Step.CORRECT, "", frozenset({Kind.CORRECTED}), later=True),
    Moment(Step.REVISE, "", frozenset({Kind.CORRECTED})),
    Moment(Step.CANCEL, "", frozenset({Kind.WITHDRAWN}), later=True),
    Moment(Step.VOID, "", frozenset({Kind.WITHDRAWN}), later=True),
    Moment(Step.RAIL_SUBMIT, "", _RAIL, later=True),
    Moment(Step.RAIL_FIND, "", frozenset({Kind.SILENT}), later=True),
    Moment(Step.WEBHOOK, "", frozenset({Kind.RETURNED}), later=True),
    Moment(Step.POST, "", _PAID, later=True),
    Moment(Step.RAIL_RETURN, "", frozenset({Kind.RETURNED}), later=True),
    Moment(Step.RUN_SETTLE, "", _ORDER, later=True),
    *_activities(),
    Moment(Step.SIGNAL, "payment_news", _TALKING | _RAIL, later=True),
    Moment(Step.ANNOUNCE, "", _TOLD_LATER),
    Moment(Step.NUMBER, "", _EVERY, later=True),
    *(Moment(Step.PUBLISH, words, _ALL | _ORDER) for words in ("payment.created", "payment.held")),
    Moment(Step.PUBLISH, "payment.completed", _PAID, later=True),
    Moment(Step.PUBLISH, "payment.returned", frozenset({Kind.RETURNED})),
    Moment(Step.PUBLISH, "payment.reversed", _REVERSED),
    Moment(Step.KEY_KEEP, "{who}-ask", _TALKING),
    Moment(Step.KEY_KEEP, "{who}-yes", _TALKING),
    Moment(Step.KEY_KEEP, "{who}-code", _SAID),
)
SIDES: Final = ("before", "after")
_numbers = count(1)


@dataclass(frozen=True)
class Case:
    """One payment of one customer, `who`, and where somebody dies for it."""

    moment: Moment
    side: str
    kind: Kind
    who: str

    @property
    def point(self) -> str:
        return f"{self.moment.step}.{self.side}"

    def pattern(self, *names: str) -> str:
        """What its call is known by: one of these names, or else by whose it is."""
        own = f"(?:{'|'.join(names or [self.who])})"
        # a relay that looks for what has been written knows of nobody yet
        named = "" if self.point == f"{Step.NUMBER}.before" else f"(?=.*{own})"
        return f"(?s){named}(?=.*{self.moment.words.format(who=self.who)})"

    def __str__(self) -> str:
        return " ".join(filter(None, (self.point, self.moment.words.format(who="*"), f"({self.kind})", self.who)))


def case(moment: Moment, side: str, kind: Kind) -> Case:
    return Case(moment, side, kind, f"c{next(_numbers):05d}")


def all_cases() -> list[Case]:
    """Every moment, before and after, with every kind of payment that comes by."""
    return [case(each, side, kind) for each in MOMENTS for side in SIDES for kind in sorted(each.kinds)]


def some_cases(seed: int) -> list[Case]:
    """Every step once; before it or after, at which of its moments and with which payment, the seed says."""
    drawn = Random(seed)  # noqa: S311 - no secret
    moments = [drawn.choice([each for each in MOMENTS if each.step is step]) for step in Step]
    return [case(each, drawn.choice(SIDES), drawn.choice(sorted(each.kinds))) for each in moments]


def few_cases(seed: int, most: int) -> list[Case]:
    """So many steps at most, none twice, and each with another kind of payment; the seed says which."""
    drawn = Random(seed)  # noqa: S311 - no secret
    found = list[Case]()
    for step in drawn.sample(list(Step), len(Step)):
        moment = drawn.choice([each for each in MOMENTS if each.step is step])
        if free := sorted(moment.kinds - {each.kind for each in found}):
            found.append(case(moment, drawn.choice(SIDES), drawn.choice(free)))
    return found[:most]

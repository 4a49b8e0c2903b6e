"""What the cases came to, as a page: a row a point, a column a kind of payment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adapters.crash_points import Step
from tests.crashes.moments import SIDES, Kind
from tests.crashes.round import Verdict

_HEAD: Final = """# Crash points

Made by `make crash-points`. At each of these points the process that comes by kills itself with SIGKILL, once, for
one payment of each kind that takes this way; a client that does not give up sends its requests again. Then it is
judged: one posted transfer or none, ledger and workflow of one mind, every question closed, every event once, no code
sent twice, and nothing told that is not so. *before*: nothing of the step is done; *after*: it is, and its caller
does not know. A number is that of several moments, such as each question's. {cases} cases, {deaths} processes killed,
{wrong} violations.

"""
_WHAT: Final = {
    Step.KEY_CLAIM: "a request's Idempotency-Key is claimed",
    Step.TURN: "a turn is handed to its conversation",
    Step.BEGIN: "the tool starts the payment's workflow",
    Step.PAYMENT_OPEN: "the payment is recorded",
    Step.REVERSAL_OPEN: "the payment that goes back is recorded",
    Step.RUN_OPEN: "the payment of a due date is recorded and held",
    Step.QUESTION_OPEN: "a question is recorded",
    Step.CHILD_START: "the workflow that waits for the answer is started",
    Step.CODE_SEND: "the code goes to the carrier",
    Step.CODE_NOTE: "it is noted that it went",
    Step.CODE_TRY: "a try is counted",
    Step.ANSWER: "a proven answer is handed to its workflow",
    Step.QUESTION_CLOSE: "the question is settled",
    Step.ANSWER_NOTE: "the answer's result is kept",
    Step.HOLD: "the amount is held",
    Step.APPROVAL_OPEN: "supervisors are asked",
    Step.DECIDE: "a decision is handed to its workflow",
    Step.APPROVAL_SETTLE: "the decision is recorded",
    Step.WAIT: "it is noted that the payment waits",
    Step.CORRECT: "a correction is handed to the payment",
    Step.REVISE: "the next version is recorded",
    Step.CANCEL: "a withdrawal is handed to its workflow",
    Step.VOID: "the hold is released",
    Step.RAIL_SUBMIT: "the rail is asked to pay",
    Step.RAIL_FIND: "the rail is asked what became of it",
    Step.WEBHOOK: "what the rail tells by itself is noted",
    Step.POST: "the money moves",
    Step.RAIL_RETURN: "what came back is given back",
    Step.RUN_SETTLE: "the due date is settled",
    Step.ACTIVITY: "an activity runs; after: it is not reported yet",
    Step.SIGNAL: "the payment tells its conversation",
    Step.ANNOUNCE: "an unasked sentence is written",
    Step.NUMBER: "the relay numbers events",
    Step.PUBLISH: "the relay takes events to Redis",
    Step.KEY_KEEP: "the result is kept under its Idempotency-Key",
}


def page(verdicts: Sequence[Verdict]) -> str:
    """Markdown."""
    wrong = sum(bool(each.wrong) for each in verdicts)
    deaths = sum(each.died for each in verdicts)
    lines = [_HEAD.format(cases=len(verdicts), deaths=deaths, wrong=wrong)]
    lines.append("| point | what happens | " + " | ".join(Kind) + " |")
    lines.append("|---" * (len(Kind) + 2) + "|")
    for step in Step:
        for side in SIDES:
            point = f"{step}.{side}"
            found = [each for each in verdicts if each.case.point == point]
            cells = [_cell([each for each in found if each.case.kind is kind]) for kind in Kind]
            lines.append(f"| `{point}` | {_WHAT[step]} | " + " | ".join(cells) + " |")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def _cell(found: Sequence[Verdict]) -> str:
    if not found:
        return ""
    wrong = [each for each in found if each.wrong]
    told = ", ".join(sorted({"**wrong**"} if wrong else {each.outcome for each in found}))
    return told if len(found) == 1 else f"{told} ({len(found)})"

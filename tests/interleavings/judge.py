"""Judges what became of the payments, by the database's records alone, and by what people were told of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.rows import dict_row

from domain import factors, policy
from domain.elicitation import ElicitationState
from domain.money import Money
from domain.payments import FINAL_STATES, PaymentKind, PaymentState
from domain.policy import Facts
from domain.transaction import Transaction, transaction_hash
from tests.interleavings.work import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.payments import PaymentBegun, PaymentResult
    from tests.interleavings.play import Play, Told
    from tests.interleavings.schedule import Schedule

Rows = list[dict[str, Any]]
_ENDED: Final = frozenset({"completed", "expired", "failed", "cancelled"})


@dataclass(frozen=True)
class Records:
    """All that the database has about one payment."""

    payment: dict[str, Any]
    transfers: Rows
    holds: Rows
    questions: Rows
    approvals: Rows
    events: Counter[str]

    @property
    def version(self) -> int:
        return int(self.payment["version"])

    @property
    def state(self) -> PaymentState:
        return PaymentState(self.payment["state"])


def read(url: str, payments: list[str]) -> dict[str, Records]:
    """The records of these payments, by id; none for one that was never recorded."""
    with psycopg.connect(url, row_factory=dict_row) as owner:

        def of(table: str) -> dict[str, Rows]:
            found: dict[str, Rows] = {each: [] for each in payments}
            for row in owner.execute(f"SELECT * FROM {table} WHERE payment_id = ANY(%s)", [payments]):  # noqa: S608 - ours
                found[row["payment_id"]].append(row)
            return found

        tables = [of(table) for table in ("transfers", "holds", "elicitations", "approvals")]
        keys = [row["dedupe_key"] for row in owner.execute("SELECT dedupe_key FROM outbox")]
        counted = Counter(keys)
        return {
            each: Records(rows[0], *(table[each] for table in tables), _about(counted, each))
            for each, rows in of("payments").items()
            if rows
        }


def _about(keys: Counter[str], payment_id: str) -> Counter[str]:
    return Counter({key: count for key, count in keys.items() if payment_id in key})


def faults(play: Play, found: Records | None, result: PaymentResult | BaseException) -> Iterator[str]:
    """Everything that is not as it must be."""
    yield from play.wrong
    if found is None:
        if any(told.what == "begin" and not told.code for told in play.told):
            yield "it was begun and is not recorded"
        return
    yield from _ended(found, result)
    yield from _money(found)
    if found.state is PaymentState.COMPLETED:
        yield from _countersigned(found, play.customer.plays)
    yield from _settled(found)
    for told in play.told:
        if not told.code:
            yield from _kept(found, told)


def _ended(found: Records, result: PaymentResult | BaseException) -> Iterator[str]:
    if found.state not in FINAL_STATES:
        yield f"it stands at {found.state}"
    if isinstance(result, BaseException):
        yield f"its workflow failed: {result!r} {result.__cause__!r}"
    elif (result.state, result.error_code) != (found.state, found.payment["error_code"]):
        yield f"the workflow says {result.state} {result.error_code}, the database {found.payment['error_code']}"
    ends = [f"payment.{state.lower()}:{found.payment['payment_id']}:{found.version}" for state in FINAL_STATES]
    if [found.events[end] for end in ends if found.events[end]] != [1]:
        yield "it has not ended in exactly one event"


def _money(found: Records) -> Iterator[str]:
    posts = [row for row in found.transfers if row["step"] == "post"]
    if len(posts) != (found.state is PaymentState.COMPLETED):
        yield f"{len(posts)} transfers were posted"
    if any(row["state"] == "held" for row in found.holds):
        yield "money is still held"
    if [row["version"] for row in found.holds if row["state"] == "posted"] != [row["version"] for row in posts]:
        yield "what was held is not what was posted"


def _countersigned(found: Records, plays: Schedule) -> Iterator[str]:
    paid, (post,) = found.payment, [row for row in found.transfers if row["step"] == "post"]
    digest = transaction_hash(
        Transaction(
            paid["payment_id"],
            post["amount_minor"],
            post["currency"],
            post["debit_account"],
            post["credit_account"],
            paid["payee_name"],
        )
    )
    if (post["version"], digest) != (found.version, paid["transaction_hash"]):
        yield "what was posted is not the last version"
    new = paid["payee_account"] == "mill"
    kind = PaymentKind(paid["kind"])
    wanted = policy.decide(TABLE, Facts(Money(post["amount_minor"], "USD"), plays.platform, new_payee=new, kind=kind))
    kinds = factors.countersigns_for(plays.platform, wanted.countersigns, has_passkey=plays.platform == "mobile")
    for kind in kinds:
        if not any(_signs(row, kind, found.version, digest) for row in found.questions):
            yield f"it was paid without {kind}"
    given = [row for row in found.approvals if row["state"] == "approved" and row["version"] == found.version]
    people = {row["decided_by"] for row in given if row["transaction_hash"] == digest} - {paid["user_id"]}
    if len(people) < wanted.approvals:
        yield f"it was paid with {len(people)} of {wanted.approvals} approvals"


def _signs(row: dict[str, Any], kind: str, version: int, digest: str) -> bool:
    asked = row["request"]
    return (row["type"], row["state"], asked["version"], asked["transaction_hash"]) == (
        kind,
        ElicitationState.COMPLETED,
        version,
        digest,
    )


def _settled(found: Records) -> Iterator[str]:
    for row in found.questions:
        name = row["elicitation_id"]
        if row["state"] not in _ENDED or row["closed_at"] is None:
            yield f"{name} is {row['state']}"
        for event in ("opened", "closed"):
            if row["type"] == "supervisor_approval" and event == "opened":
                continue
            if found.events[f"elicitation.{event}:{name}"] != 1:
                yield f"{name} was {event} in {found.events[f'elicitation.{event}:{name}']} events"
    if any(row["state"] == "open" for row in found.approvals):
        yield "an approval is open"


# ---- what people were told is so


def _kept(found: Records, told: Told) -> Iterator[str]:
    result, by = told.result
    rows = {row["elicitation_id"]: row for row in found.questions}
    row, verdict = rows.get(told.about, {}), ""
    match told.what:
        case "answer" if row["state"] != "completed":
            verdict = f"it is {row['state']}"
        case "no" if (row["state"], row["response_id"]) != ("cancelled", by):
            verdict = f"it is {row['state']}, {row['error_code']}"
        case "cancel question" if (row["state"], found.state) != ("cancelled", PaymentState.CANCELLED):
            verdict = f"it is {row['state']}, {row['error_code']}; the payment {found.state}"
        case "cancel payment" if found.state is not PaymentState.CANCELLED:
            verdict = f"it is {found.state}"
        case "correct":
            verdict = _corrected(found, result)
        case "approve" | "refuse":
            verdict = _decided(found, told)
        case _:
            pass
    if verdict:
        yield f"{told.who} was told of {told.what} of {told.about}; {verdict}"


def _corrected(found: Records, begun: PaymentBegun) -> str:
    if found.version < begun.version or begun.version < 2:
        return f"version {begun.version}, and it has {found.version}"
    return "" if found.events[f"payment.corrected:{begun.payment_id}:{begun.version}"] == 1 else "no event"


def _decided(found: Records, told: Told) -> str:
    (row,) = [row for row in found.approvals if row["elicitation_id"] == told.about]
    wanted = ("approved" if told.what == "approve" else "refused", told.result[1])
    return "" if (row["state"], row["decided_by"]) == wanted else f"it is {row['state']} by {row['decided_by']}"

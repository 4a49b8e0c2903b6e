"""The ledger beside its model: whatever many clients ask, one after the other or at once, some order explains it."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from itertools import permutations
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from adapters.audit.ledger import look
from tests.bank import OWNERS
from tests.ledger.model import FINAL, Books, Wish
from tests.ledger.teller import ACCOUNTS, AT_ONCE, Bank, bank

if TYPE_CHECKING:
    from tests.conftest import Database

pytestmark = pytest.mark.servers

PICKS: Final = st.integers(0, 9)
"""Rather a payment that goes on than one that has ended, or that there never was."""
ROUTES: Final = [
    ("a1", "shop", "payee"),
    ("a1", "mill", "payee"),
    ("a1", "a2", "payee"),
    ("a2", "shop", "payee"),
    ("b1", "shop", "payee"),
    ("b1", "a1", "payee"),
    ("a1", "a2", "own"),
    ("a2", "a1", "own"),
    ("a1", "b1", "own"),
    ("a1", "away", "outside"),
    ("a2", "away", "outside"),
    ("b1", "away", "outside"),
]
WISHES: Final = st.builds(
    lambda route, minor, signed: Wish(*route[:2], minor, signed, route[2]),
    st.sampled_from(ROUTES),
    st.sampled_from([1, 30_00, 50_00, 70_00]),
    st.sampled_from([False, False, True]),
)
OFF: Final = st.sampled_from([0, 0, 0, 0, -1, 1])
"""From the version that the payment has."""
ENDS: Final = st.sampled_from(sorted(FINAL - {"COMPLETED"}))
TOLD: Final = st.sampled_from(["settled", "settled", "pending", "refused", "returned"])
OFTEN: Final = ["open"] * 2 + ["hold"] * 3 + ["post"] * 2 + ["void", "revise", "reverse", "expire"]
ABROAD: Final = ["hold"] + ["send"] * 2 + ["hear"] * 2 + ["post", "give_back"]
ACTS: Final = st.tuples(
    st.sampled_from(OFTEN + ABROAD),
    PICKS,
    OFF,
    st.none() | WISHES,  # none: the one that it had before
    ENDS,
    TOLD,
)
SEEN: Counter[str] = Counter()
"""Acts by their name and answer, over all programs."""


def machine(real: Bank) -> type[RuleBasedStateMachine]:  # noqa: C901 - a class that knows its bank
    class Town(RuleBasedStateMachine):
        @initialize()
        def found(self) -> None:
            real.empty()
            self.model = Books(OWNERS, dict(ACCOUNTS), dict.fromkeys(ACCOUNTS, 0))
            self.booked, self.keys = 0, set[str]()

        @rule(act=ACTS)
        def one(self, act: tuple[Any, ...]) -> None:
            self.all_of([act])

        @rule(acts=st.lists(ACTS, min_size=2, max_size=AT_ONCE))
        def at_once(self, acts: list[tuple[Any, ...]]) -> None:
            self.all_of(acts)

        @rule(act=ACTS, times=st.integers(2, AT_ONCE))
        def again(self, act: tuple[Any, ...], times: int) -> None:
            self.all_of([act] * times)

        @rule(pick=PICKS)
        def sign(self, pick: int) -> None:
            name = self.picked(pick)
            payment = self.model.payments.get(name)
            if payment and payment.state == "open" and payment.wish.signed:
                signed = self.model.sign(name, payment.version)
                asks = ("sign", name, payment.version, payment.wish)
                assert (real.approve(name) if payment.wish.of else real.ask(asks)[0]) == signed

        @rule(pick=PICKS, payee=st.booleans(), opens_again=st.booleans())
        def closes_while_it_waits(self, pick: int, payee: bool, opens_again: bool) -> None:
            """The account of a payment, between its hold and its post."""
            name = self.picked(pick)
            payment = self.model.payments.get(name)
            if payment is None:
                return
            account = payment.wish.payee if payee else payment.wish.payer
            self.all_of([("hold", pick, 0, None, "", "")])
            self.close(account, closes=True)
            self.all_of([("post", pick, 0, None, "", "")])
            if opens_again:
                self.close(account, closes=False)

        @rule(payer=st.sampled_from(["a1", "a2"]), own=st.booleans())
        def goes_back(self, payer: str, own: bool) -> None:
            """Paid, and asked for twice at once: it is posted the other way once."""
            name, other = f"p{10 + len(self.model.payments)}", "a2" if payer == "a1" else "a1"
            wish = Wish(payer, other if own else "shop", 1, kind="own" if own else "payee")
            for act in (("open", name, wish), ("hold", name, 1), ("post", name, 1)):
                self.ask([act])
            back = Wish(wish.payee, payer, 1, signed=True, kind="reversal", of=name)
            self.ask([("reverse", f"{name}x", back), ("reverse", f"{name}y", back)])
            for each in {f"{name}x", f"{name}y"} & set(self.model.payments):
                self.ask([("hold", each, 1), ("post", each, 1)])
                assert real.approve(each) == self.model.sign(each, 1)
                self.ask([("post", each, 1), ("post", each, 1)])

        @rule(
            payer=st.sampled_from(["a1", "a2", "b1"]), told=st.lists(TOLD, max_size=3), late=st.lists(TOLD, max_size=2)
        )
        def goes_abroad(self, payer: str, told: list[str], late: list[str]) -> None:
            """All the way over the rail."""
            name = f"p{10 + len(self.model.payments)}"
            self.ask([("open", name, Wish(payer, "away", 1, kind="outside"))])
            for act in ("hold", "send"):
                self.ask([(act, name, 1)])
            for each in told:
                self.ask([("hear", name, 1, each)])
            self.ask([("post", name, 1), ("expire", name)])
            for each in late:
                self.ask([("hear", name, 1, each), ("give_back", name, 1)])

        @rule(account=st.sampled_from(sorted(ACCOUNTS)))
        def open_again(self, account: str) -> None:
            self.close(account, closes=False)

        @rule(account=st.sampled_from(["a1", "a2", "b1"]), again=st.booleans())
        def pay_in(self, account: str, again: bool) -> None:
            self.booked += not again
            key = f"paid-in-{self.booked}-{account}"
            (done,) = real.owner.execute("SELECT book(%s, 'equity', %s, 2000, '', now())", [key, account]).fetchone()
            assert done == (key not in self.keys)
            self.keys.add(key)
            self.model.balance[account] += 2000 * done

        def close(self, account: str, *, closes: bool) -> None:
            at = "UPDATE accounts SET closed_at = CASE WHEN %s THEN now() END WHERE account_id = %s"
            if closes and self.model.is_awaited(account):
                with pytest.raises(psycopg.errors.RestrictViolation):
                    real.owner.execute(at, [closes, account])
                return
            real.owner.execute(at, [closes, account])
            (self.model.closed.add if closes else self.model.closed.discard)(account)

        def picked(self, pick: int, abroad: bool = False) -> str:
            found = sorted(
                name
                for name, payment in self.model.payments.items()
                if (payment.wish.kind == "outside" if abroad else payment.state == "open")
            )
            return found[pick % len(found)] if found and pick < 8 else f"p{pick}"

        def all_of(self, acts: list[tuple[Any, ...]]) -> None:
            self.ask([self.resolved(act) for act in acts])

        def ask(self, said: list[tuple[Any, ...]]) -> None:
            """There is an order in which the model answers the same and then shows the same."""
            answers = real.ask(*said)
            SEEN.update(f"{act[0]}: {code}" for act, code in zip(said, answers, strict=True))
            for order in permutations(range(len(said))):
                model = deepcopy(self.model)
                if all(getattr(model, said[i][0])(*said[i][1:]) == answers[i] for i in order) and real.shows(model):
                    self.model = model
                    return
            raise AssertionError(list(zip(said, answers, strict=True)))

        def resolved(self, act: tuple[Any, ...]) -> tuple[Any, ...]:
            what, pick, off, wish, end, told = act
            is_new = what in {"open", "reverse"} and pick % 2
            name = (
                f"p{10 + len(self.model.payments)}"
                if is_new
                else self.picked(pick, what in {"send", "hear", "give_back"})
            )
            payment = self.model.payments.get(name)
            version = max(1, (payment.version if payment else 1) + off)
            before = payment.wish if payment else Wish("a1", "shop", 30_00)
            return {
                "open": (what, name, wish or (payment.first if payment else before)),
                "reverse": (what, name, self.back(pick)),
                "hold": (what, name, version),
                "send": (what, name, version),
                "hear": (what, name, version, told),
                "give_back": (what, name, version),
                "post": (what, name, version),
                "expire": (what, name),
                "void": (what, name, end),
                "revise": (what, name, version + 1, wish or before),
            }[what]

        def back(self, pick: int) -> Wish:
            """What was paid, the other way; rather of one that was paid than of another."""
            paid = sorted(name for name, payment in self.model.payments.items() if payment.state == "COMPLETED")
            of = paid[pick % len(paid)] if paid and pick < 8 else f"p{pick}"
            was = self.model.payments[of].wish if of in self.model.payments else Wish("a1", "shop", 30_00)
            return Wish(was.payee, was.payer, was.minor, signed=True, kind="reversal", of=of)

        @invariant()
        def agrees(self) -> None:
            found = list(look(real.owner))
            assert {each.row for each in found if each.check == "rail.payments"} == self.model.unlike_the_rail()
            assert [each for each in found if each.check != "rail.payments"] == []

    return Town


def runs(real: Bank, programs: int, steps: int, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    run_state_machine_as_test(
        machine(real),
        settings=settings(
            max_examples=programs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_ledger_and_model_agree(database: Database) -> None:
    with bank(database) as real:
        runs(real, 20, 25)


@pytest.mark.long
def test_ledger_and_model_agree_over_a_thousand_programs(database: Database) -> None:
    SEEN.clear()
    with bank(database) as real:
        runs(real, 1000, 50)
    print(sum(SEEN.values()), dict(sorted(SEEN.items())))  # noqa: T201
    assert {f"open: {code}" for code in ("ok", "idempotency_conflict", "payment_not_found")} <= set(SEEN)
    assert {f"hold: {code}" for code in ("ok", "insufficient_funds", "account_closed", "stale_version")} <= set(SEEN)
    assert {f"post: {code}" for code in ("ok", "countersign_missing", "account_closed", "stale_version")} <= set(SEEN)
    assert {f"revise: {code}" for code in ("ok", "payment_closed", "stale_version")} <= set(SEEN)
    assert {"void: ok", "void: payment_closed", "void: payment_unsettled", "expire: ok"} <= set(SEEN)
    assert {f"reverse: {code}" for code in ("ok", "already_reversed", "not_reversible")} <= set(SEEN)
    assert {f"send: {code}" for code in ("ok", "countersign_missing", "payment_closed")} <= set(SEEN)
    assert {f"hear: {code}" for code in ("ok", "rail_contradiction", "rail_payment_unknown")} <= set(SEEN)
    assert {f"give_back: {code}" for code in ("ok", "rail_contradiction")} <= set(SEEN)
    assert {"open: check_violation", "post: payment_unsettled"} <= set(SEEN)


DEFECTS: Final = [
    ("post_payment", "IF lacks_countersign(p) THEN", "IF false THEN"),
    ("post_payment", "IF is_closed(p.payee_account) THEN", "IF false THEN"),
    ("post_payment", "IF hold_state = 'posted' THEN RETURN 'ok'; END IF;", ""),
    ("hold_payment", "IF p.version <> of_version THEN", "IF false THEN"),
    ("hold_payment", "FOR NO KEY UPDATE", ""),
    (
        "why_not_held",
        "payer.balance_minor - payer.held_minor - p.amount_minor",
        "payer.balance_minor - payer.held_minor",
    ),
    ("hold_payment", "IF hold_state IN ('held', 'posted') THEN RETURN 'ok'; END IF;", ""),
    ("release_hold", "held_minor - p.amount_minor", "held_minor - p.amount_minor / 2"),
    ("void_payment", "IF p.state = 'COMPLETED' THEN RETURN 'payment_closed'; END IF;", ""),
    ("revise_payment", "PERFORM release_hold(p, 'voided');", ""),
    ("hold_payment", "PERFORM emit_payment(p, 'payment.held', p.state, '');", ""),
    (
        "fit_own",
        "OR NOT EXISTS (SELECT FROM accounts WHERE account_id = NEW.payee_account AND user_id = NEW.user_id)",
        "",
    ),
    ("keep_rail", "IF of_kind <> 'outside' AND known IS NULL THEN", "IF true THEN"),
    ("intend_rail", "IF lacks_countersign(p) THEN", "IF false THEN"),
    ("note_rail", "OR (r.status IN ('refused', 'barred') AND told IN ('pending', 'settled', 'returned'))", ""),
    ("return_payment", "IF p.returned_at IS NOT NULL THEN RETURN 'ok'; END IF;", ""),
    ("fit_reversal", "AND state NOT IN ('CANCELLED', 'EXPIRED', 'REJECTED', 'FAILED')", "AND state = 'COMPLETED'"),
    ("fit_reversal", "paid.state <> 'COMPLETED'", "false"),
    ("expire_hold", "p.state = 'UNKNOWN' OR", ""),
    ("expire_hold", "'EXPIRED'", "'CANCELLED'"),
]


@pytest.mark.long
@pytest.mark.parametrize(("function", "right", "wrong"), DEFECTS)
def test_a_ledger_with_a_defect_is_found_out(database: Database, function: str, right: str, wrong: str) -> None:
    with bank(database) as real:
        ((source,),) = real.owner.execute("SELECT pg_get_functiondef(%s::regproc)", [function]).fetchall()
        assert right in source
        try:
            real.owner.execute(source.replace(right, wrong))
            # Flaky: of acts at once others came first when it was tried again
            with pytest.raises((AssertionError, psycopg.Error, Flaky)):
                runs(real, 300, 50, phases=(Phase.generate,))
        finally:
            real.owner.execute(source)

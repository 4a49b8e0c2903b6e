"""What the ledger promises, in a hundred lines or so without a database: its codes, and what is then true."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

FINAL: Final = frozenset({"COMPLETED", "CANCELLED", "EXPIRED", "REJECTED", "FAILED"})
OUT: Final = frozenset({"sent", "pending", "settled", "returned"})
MOST_VERSIONS: Final = 10


@dataclass(frozen=True)
class Wish:
    """What is to be paid, in minor units. `signed`: not before a countersign of this version; `of`: what goes back."""

    payer: str
    payee: str
    minor: int
    signed: bool = False
    kind: str = "payee"
    of: str = ""


@dataclass
class Payment:
    owner: str
    first: Wish
    wish: Wish
    version: int = 1
    state: str = "open"
    holds: dict[int, str] = field(default_factory=dict)
    signed: set[int] = field(default_factory=set)
    rail: dict[int, str] = field(default_factory=dict)
    doubts: set[int] = field(default_factory=set)


@dataclass
class Books:
    """Accounts with their owners, the payments and their events (kind, payment, version)."""

    owners: dict[str, str]
    balance: dict[str, int]
    held: dict[str, int]
    closed: set[str] = field(default_factory=set)
    payments: dict[str, Payment] = field(default_factory=dict)
    events: set[tuple[str, str, int]] = field(default_factory=set)

    def open(self, name: str, wish: Wish) -> str:
        payment, owner = self.payments.get(name), "sam" if wish.of else self.owners[wish.payer]
        if wish.kind == "own" and self._is_elsewhere(wish):
            return "check_violation"
        if payment is not None and payment.owner != owner:
            return "payment_not_found"
        if payment is not None:
            return "ok" if (payment.first.of or payment.first) == (wish.of or wish) else "idempotency_conflict"
        if wish.of and (code := self._not_back(wish)):
            return code
        self.payments[name] = Payment(owner, wish, wish)
        return self._tell("created", name)

    def reverse(self, name: str, wish: Wish) -> str:
        return self.open(name, wish)

    def sign(self, name: str, version: int) -> str:
        self.payments[name].signed.add(version)
        return "ok"

    def hold(self, name: str, version: int) -> str:
        if code := self._not_now(name, version, {"held", "posted"}):
            return code
        payment, wish = self.payments[name], self.payments[name].wish
        if {wish.payer, wish.payee} & self.closed:
            return "account_closed"
        if self.balance[wish.payer] - self.held[wish.payer] < wish.minor:
            return "insufficient_funds"
        payment.holds[version] = "held"
        self.held[wish.payer] += wish.minor
        return self._tell("held", name)

    def send(self, name: str, version: int) -> str:
        if name in self.payments and version in self.payments[name].rail:
            return "ok"
        if code := self._not_now(name, version, set()) or self._unready(name, version, "outside"):
            return code
        self.payments[name].rail[version] = "sent"
        return "ok"

    def hear(self, name: str, version: int, told: str) -> str:
        payment = self.payments.get(name)
        if payment is None or version not in payment.rail:
            return "rail_payment_unknown"
        known = payment.rail[version]
        if known == "refused" != told or (known in {"settled", "returned"} and told == "refused"):
            payment.doubts.add(version)
            return "rail_contradiction"
        if known in {"sent", "pending"} or (known, told) == ("settled", "returned"):
            payment.rail[version] = told
            payment.doubts.discard(version)
        if payment.rail[version] == "pending" and payment.state == "open":
            payment.state = "UNKNOWN"
            self._tell("unknown", name)
        return "ok"

    def give_back(self, name: str, version: int) -> str:
        payment = self.payments.get(name)
        if payment is None or version not in payment.rail:
            return "rail_payment_unknown"
        if payment.rail[version] != "returned":
            return "rail_contradiction"
        if ("payment.returned", name, version) in self.events:
            return "ok"
        if payment.state != "COMPLETED":
            return "service_unavailable"
        self._move(payment.wish.payee, payment.wish.payer, payment.wish.minor)
        return self._tell("returned", name)

    def post(self, name: str, version: int) -> str:
        if code := self._not_now(name, version, {"posted"}) or self._unready(name, version):
            return code
        payment, wish = self.payments[name], self.payments[name].wish
        if wish.kind == "outside" and payment.rail.get(version) not in {"settled", "returned"}:
            return "payment_unsettled"
        self._release(payment, "posted")
        self._move(wish.payer, wish.payee, wish.minor)
        payment.state = "COMPLETED"
        if wish.of:
            self._tell("reversed", wish.of)
        return self._tell("completed", name)

    def void(self, name: str, state: str) -> str:
        payment = self.payments.get(name)
        if payment is None:
            return "payment_not_found"
        if payment.state in FINAL:
            return "payment_closed" if payment.state == "COMPLETED" else "ok"
        if self._is_out(payment):
            return "payment_unsettled"
        self._release(payment, "ended")
        payment.state = state
        return self._tell(state.lower(), name)

    def expire(self, name: str) -> str:
        payment = self.payments.get(name)
        if payment and (payment.state == "UNKNOWN" or payment.holds.get(payment.version) != "held"):
            return "ok"
        return self.void(name, "EXPIRED")

    def revise(self, name: str, version: int, wish: Wish) -> str:  # noqa: PLR0911 - a refusal a line
        payment = self.payments.get(name)
        if payment is None or payment.owner != self.owners[wish.payer]:
            return "payment_not_found"
        if payment.state in FINAL:
            return "payment_closed"
        if (payment.version, payment.wish) == (version, wish):
            return "ok"
        if version != payment.version + 1:
            return "stale_version"
        if version > MOST_VERSIONS:
            return "too_many_corrections"
        if self._is_out(payment):
            return "payment_unsettled"
        if "own" in {payment.wish.kind, wish.kind} and self._is_elsewhere(wish):
            return "check_violation"
        self._release(payment, "ended")
        payment.wish, payment.version = wish, version
        return self._tell("corrected", name)

    def is_awaited(self, account: str) -> bool:
        open_ = [each for each in self.payments.values() if each.state not in FINAL]
        return any(each.wish.payee == account and OUT & set(each.rail.values()) for each in open_)

    def unlike_the_rail(self) -> set[str]:
        """Payments over which rail and ledger are not of one mind: yet, or for a doubt."""
        return {
            name for name, each in self.payments.items() if each.wish.kind == "outside" and self._unlike(name, each)
        }

    def _unlike(self, name: str, payment: Payment) -> bool:
        known, given_back = (
            payment.rail.get(payment.version),
            ("payment.returned", name, payment.version) in self.events,
        )
        paid = (payment.state == "COMPLETED") != (known in {"settled", "returned"})
        return paid or given_back != (known == "returned") or payment.version in payment.doubts

    def _not_now(self, name: str, version: int, done: set[str]) -> str:
        payment = self.payments.get(name)
        if payment is None:
            return "payment_not_found"
        if payment.holds.get(version) in done:
            return "ok"
        if payment.state in FINAL:
            return "payment_closed"
        return "" if payment.version == version else "stale_version"

    def _unready(self, name: str, version: int, kind: str = "") -> str:
        payment, wish = self.payments[name], self.payments[name].wish
        if payment.holds.get(version) != "held" or (kind or wish.kind) != wish.kind:
            return "payment_closed"
        if wish.signed and version not in payment.signed:
            return "countersign_missing"
        return "account_closed" if wish.payee in self.closed else ""

    def _not_back(self, wish: Wish) -> str:
        paid = self.payments.get(wish.of)
        if paid is None:
            return "payment_not_found"
        back = (paid.wish.payee, paid.wish.payer, paid.wish.minor) == (wish.payer, wish.payee, wish.minor)
        if paid.state != "COMPLETED" or paid.wish.kind not in {"payee", "own"} or not back:
            return "not_reversible"
        states = [each.state for each in self.payments.values() if each.wish.of == wish.of]
        return "already_reversed" if any(each == "COMPLETED" or each not in FINAL for each in states) else ""

    def _is_elsewhere(self, wish: Wish) -> bool:
        return self.owners[wish.payer] != self.owners.get(wish.payee)

    def _is_out(self, payment: Payment) -> bool:
        return payment.holds.get(payment.version) == "held" and payment.rail.get(payment.version) in OUT

    def _release(self, payment: Payment, ended: str) -> None:
        if payment.holds.get(payment.version) == "held":
            payment.holds[payment.version] = ended
            self.held[payment.wish.payer] -= payment.wish.minor

    def _move(self, debit: str, credit: str, minor: int) -> None:
        self.balance[debit] -= minor
        self.balance[credit] += minor

    def _tell(self, event: str, name: str) -> str:
        self.events.add((f"payment.{event}", name, self.payments[name].version))
        return "ok"

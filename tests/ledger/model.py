"""What the ledger promises, in a hundred lines without a database: the codes it answers with and what is then true."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

FINAL: Final = frozenset({"COMPLETED", "CANCELLED", "EXPIRED", "REJECTED", "FAILED"})
MOST_VERSIONS: Final = 10


@dataclass(frozen=True)
class Wish:
    """What is to be paid, in minor units; `signed`: not without the customer's confirmation of this version."""

    payer: str
    payee: str
    minor: int
    signed: bool = False


@dataclass
class Payment:
    first: Wish
    wish: Wish
    version: int = 1
    state: str = "open"
    holds: dict[int, str] = field(default_factory=dict)
    signed: set[int] = field(default_factory=set)


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
        payment = self.payments.get(name)
        if payment is None:
            self.payments[name] = Payment(wish, wish)
            return self._tell("created", name)
        if self.owners[payment.first.payer] != self.owners[wish.payer]:
            return "payment_not_found"
        return "ok" if payment.first == wish else "idempotency_conflict"

    def sign(self, name: str, version: int) -> str:
        self.payments[name].signed.add(version)
        return "ok"

    def hold(self, name: str, version: int) -> str:
        code = self._not_now(name, version, {"held", "posted"})
        if code:
            return code
        payment = self.payments[name]
        if {payment.wish.payer, payment.wish.payee} & self.closed:
            return "account_closed"
        if self.balance[payment.wish.payer] - self.held[payment.wish.payer] < payment.wish.minor:
            return "insufficient_funds"
        payment.holds[version] = "held"
        self.held[payment.wish.payer] += payment.wish.minor
        return self._tell("held", name)

    def post(self, name: str, version: int) -> str:
        code = self._not_now(name, version, {"posted"})
        if code:
            return code
        payment, wish = self.payments[name], self.payments[name].wish
        if payment.holds.get(version) != "held":
            return "payment_closed"
        if wish.signed and version not in payment.signed:
            return "countersign_missing"
        if wish.payee in self.closed:
            return "account_closed"
        self._release(payment, "posted")
        self.balance[wish.payer] -= wish.minor
        self.balance[wish.payee] += wish.minor
        payment.state = "COMPLETED"
        return self._tell("completed", name)

    def void(self, name: str, state: str) -> str:
        payment = self.payments.get(name)
        if payment is None:
            return "payment_not_found"
        if payment.state in FINAL:
            return "payment_closed" if payment.state == "COMPLETED" else "ok"
        self._release(payment, "ended")
        payment.state = state
        return self._tell(state.lower(), name)

    def revise(self, name: str, version: int, wish: Wish) -> str:
        payment = self.payments.get(name)
        if payment is None or self.owners[payment.first.payer] != self.owners[wish.payer]:
            return "payment_not_found"
        if payment.state in FINAL:
            return "payment_closed"
        if (payment.version, payment.wish) == (version, wish):
            return "ok"
        if version != payment.version + 1:
            return "stale_version"
        if version > MOST_VERSIONS:
            return "too_many_corrections"
        self._release(payment, "ended")
        payment.wish, payment.version = wish, version
        return self._tell("corrected", name)

    def _not_now(self, name: str, version: int, done: set[str]) -> str:
        payment = self.payments.get(name)
        if payment is None:
            return "payment_not_found"
        if payment.holds.get(version) in done:
            return "ok"
        if payment.state in FINAL:
            return "payment_closed"
        return "" if payment.version == version else "stale_version"

    def _release(self, payment: Payment, ended: str) -> None:
        if payment.holds.get(payment.version) == "held":
            payment.holds[payment.version] = ended
            self.held[payment.wish.payer] -= payment.wish.minor

    def _tell(self, event: str, name: str) -> str:
        self.events.add((f"payment.{event}", name, self.payments[name].version))
        return "ok"

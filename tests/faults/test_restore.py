"""A bank that is brought back from a backup: what waited goes on or ends, and nothing is paid twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from adapters.tokens import MCP_AUDIENCE, ServiceTokens, Signer
from domain.rail import payment_of
from runtime.local.backup import back_up
from runtime.local.catalogue import names_of
from runtime.local.restore import restore
from runtime.local.stack import Stack
from tests.auditing import audited
from tests.faults.customer import Books, Typist, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]

HISTORY, LEDGER = "temporal.db", "postgres"


@dataclass
class Bank:
    """One state folder and the servers on it, which come and go."""

    root: Path
    servers: Stack = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.servers = Stack(self.root)
        try:
            self.servers.start([name for name in names_of([]) if name != "voice_worker"])
        except BaseException:
            self.servers.stop()
            raise

    def reopened_after(self, change: Callable[[], object]) -> None:
        self.servers.stop()
        change()
        self.open()


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    opened = Bank(tmp_path / "bank")
    yield opened
    opened.servers.stop()


def code_for(typist: Typist, payee: str = "Sarah Chen") -> tuple[str, str]:
    """A payment that waits for its code, and the code."""
    sent = len(typist.insist("GET", "/api/demo/inbox")["messages"])
    payment_id = typist.ask_for_payment(payee=payee)
    typist.say_until("yes", "awaiting_code")
    until(lambda: len(typist.insist("GET", "/api/demo/inbox")["messages"]) > sent, "the code")
    return payment_id, typist.code(payment_id)


def answer(typist: Typist, payment_id: str, code: str) -> httpx.Response:
    """However long the bank needs to come to itself."""
    path = f"/api/elicitations/{payment_id}-otp-1/answer"

    def given() -> httpx.Response | None:
        try:
            answered = typist.http.post(path, json={"data": {"otp_code": code}, "response_id": f"r-{payment_id}"})
        except httpx.TransportError:
            return None
        return None if answered.status_code == 503 else answered

    return until(given, "an answer to the code")


@dataclass
class Scene:
    """Two payments wait for their codes when the backup is made; then the first is paid, and a third begun.

    Before and after, one goes to another bank: `abroad` and `abroad_later`.
    """

    bank: Bank
    file: Path
    seats: ExitStack

    def __post_init__(self) -> None:
        maya, omar = self.sit("maya"), self.sit("omar")
        self.abroad = self.pay_abroad(maya)
        self.paid, self.paid_code = code_for(maya)
        self.waiting, self.waiting_code = code_for(omar)
        back_up(self.bank.servers.site.layout, self.file)
        assert answer(maya, self.paid, self.paid_code).status_code == 200
        until(lambda: self.books.state(self.paid) == "COMPLETED", "the payment")
        self.abroad_later = self.pay_abroad(maya)
        self.later, self.later_code = code_for(maya)

    def pay_abroad(self, typist: Typist) -> str:
        payment_id, code = code_for(typist, "Lakeside Dental")
        assert answer(typist, payment_id, code).status_code == 200
        until(lambda: self.books.state(payment_id) == "COMPLETED", "the payment to another bank")
        return payment_id

    def sit(self, user: str) -> Typist:
        return self.seats.enter_context(closing(Typist(self.bank.servers, user)))

    @property
    def books(self) -> Books:
        return Books(self.bank.servers)

    def put_back(self, *, newer: str = "") -> None:
        """Restore the backup; `newer`: the part that stays as it was when everything ended."""

        def change() -> None:
            _, aside = restore(self.bank.servers.site.layout, self.file)
            if newer:
                for old in self.bank.root.glob(f"{newer}*"):
                    old.rename(aside / f"restored-{old.name}")
                for found in aside.glob(f"{newer}*"):
                    found.rename(self.bank.root / found.name)

        self.bank.reopened_after(change)


@pytest.fixture
def scene(bank: Bank, tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as seats:
        yield Scene(bank, tmp_path / "bank.backup", seats)


def pays_once(typist: Typist, books: Books, payment_id: str, code: str) -> None:
    assert answer(typist, payment_id, code).status_code == 200
    until(lambda: books.state(payment_id) == "COMPLETED", "the payment")
    again = answer(typist, payment_id, code)
    assert (again.status_code, again.json().get("code", again.json().get("status"))) in {
        (200, "completed"),
        (409, "elicitation_closed"),
    }
    assert books.steps(payment_id) == ["hold", "post"]


def paid_by_the_rail(servers: Stack) -> set[str]:
    """The payments that the rail's own books have, whether or not it serves."""
    with psycopg.connect(servers.site.rail_database_url()) as rail:
        return {payment_of(key) for (key,) in rail.execute("SELECT key FROM payments WHERE status = 'settled'")}


def test_what_waited_when_the_backup_was_made_goes_on(scene: Scene) -> None:
    assert paid_by_the_rail(scene.bank.servers) == {scene.abroad, scene.abroad_later}
    scene.put_back()
    books, maya, omar = scene.books, scene.sit("maya"), scene.sit("omar")
    assert paid_by_the_rail(scene.bank.servers) == {scene.abroad}  # the local rail's books went back with the bank's
    books.agree()
    assert books.rows("SELECT 1 FROM payments WHERE payment_id = %s", scene.later) == []
    assert books.steps(scene.paid) == ["hold"]  # it was paid after the backup
    pays_once(maya, books, scene.paid, scene.paid_code)
    pays_once(omar, books, scene.waiting, scene.waiting_code)
    pays_once(maya, books, *code_for(maya))
    books.agree()


@pytest.mark.long
def test_a_ledger_newer_than_the_history_is_paid_from_once(scene: Scene) -> None:
    """As after point-in-time recovery of Postgres beside an older copy of Temporal's store."""
    scene.put_back(newer=LEDGER)
    books, maya, omar = scene.books, scene.sit("maya"), scene.sit("omar")
    assert books.state(scene.paid) == "COMPLETED"
    taken_back = until_known(maya, "POST", f"/api/payments/{scene.paid}/cancel")
    assert (taken_back.status_code, taken_back.json()["code"]) == (409, "payment_closed")
    assert books.steps(scene.paid) == ["hold", "post"]
    pays_once(omar, books, scene.waiting, scene.waiting_code)
    pays_once(maya, books, *code_for(maya))
    assert books.steps(scene.later) == ["hold"]
    sent_again(scene, maya)
    assert until_known(maya, "POST", f"/api/payments/{scene.later}/cancel").json()["state"] == "CANCELLED"
    assert books.steps(scene.later) == ["hold", "void"]
    books.agree()


def sent_again(scene: Scene, typist: Typist) -> None:
    """What its client does that was never answered: the payment that only the ledger knows has a workflow again."""
    servers = scene.bank.servers
    keys = servers.site.layout.keys
    tokens = ServiceTokens(Signer.from_files(keys / "service.pem", keys / "jwks.json"))
    token = tokens.mint(f"user_{typist.user}", typist.session_id, ["transact"], [MCP_AUDIENCE])
    ((said,),) = scene.books.rows("SELECT description FROM payments WHERE payment_id = %s", scene.later)
    wish = {"payment_id": scene.later, "amount": "2.50", "from_account": "checking", "to_account": "Sarah Chen"}
    url = f"{servers.env['COUNTERSIGN_MCP_URL']}/mcp/payment"
    begun = httpx.post(url, json=wish | {"description": said}, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    assert begun.is_success, begun.text


@pytest.mark.long
def test_a_history_newer_than_the_ledger_pays_nothing_either(scene: Scene) -> None:
    """The order that a backup avoids: the history knows of a payment that the ledger has forgotten."""
    scene.put_back(newer=HISTORY)
    books, maya, omar = scene.books, scene.sit("maya"), scene.sit("omar")
    assert books.steps(scene.paid) == ["hold"]
    answer(maya, scene.paid, scene.paid_code)  # the history still knows what it said to that, and moves nothing for it
    assert books.steps(scene.paid) == ["hold"]
    assert books.state(scene.paid) != "COMPLETED"
    pays_once(omar, books, scene.waiting, scene.waiting_code)
    pays_once(maya, books, *code_for(maya))
    differences = audited(scene.bank.servers, patience_s=1.0).differences
    assert any(scene.paid in str(each) for each in differences)  # what the customer was told and the books do not have


def until_known(typist: Typist, method: str, path: str) -> httpx.Response:
    def given() -> httpx.Response | None:
        answered = typist.http.request(method, path)
        return None if answered.status_code == 503 else answered

    return until(given, path)

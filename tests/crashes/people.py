"""Customers who do not give up: what gets no answer is sent again, and what they were told is remembered."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import httpx
import psycopg

from adapters.tokens import MCP_AUDIENCE, ServiceTokens, Signer
from domain.order_runs import run_payment_id
from tests.crashes.board import Board, Row
from tests.crashes.crew import SILENT, Place
from tests.crashes.moments import Case, Kind
from tests.crashes.patience import supervisor, until
from tests.crashes.residents import where_it_is_noon
from tests.fakes.authenticator import Authenticator, Behaviour

_AGAIN_S: Final = 6.0
"""After which somebody asks again who sees that nothing has happened."""
_PASSING: Final = frozenset({429, 503})
_IN_PROGRESS: Final = "idempotency_in_progress"
_OWN: Final = "move 2.50 dollars from savings to checking"
_WISH: Final = {
    Kind.SUPERVISED: "pay Sarah Chen 5100 dollars from savings",
    Kind.COOLING: "pay New Person 1200 dollars from savings",
    Kind.OUTSIDE: "pay Harvest Books 2.50 dollars",
    Kind.SILENT: f"pay {SILENT[1]} 2.50 dollars",
    Kind.RETURNED: "pay Lakeside Dental 2.50 dollars",
    Kind.OWN: _OWN,
    Kind.MANDATE: "pay City Power 2.50 dollars",
}
_USUAL: Final = "pay Sarah Chen 2.50 dollars"
_AT_REST: Final = ("idle", "collecting")
_SPOKEN: Final = ("confirmation", "otp")
_BY_HAND: Final = frozenset({Kind.TOOL, Kind.ORDER})
"""Whose questions are answered at their own door, not by word."""
_STANDING: Final = "let City Power take up to 40 a month"


@dataclass
class Customer:
    """One customer with one payment. `told`: every reply, in order."""

    case: Case
    place: Place
    board: Board
    told: list[str] = field(default_factory=list[str])
    session_id: str = ""
    seen: int = 0
    late: bool = False
    forgotten: bool = False
    """The conversation knows of nothing that waits: it was told that the bank could not be reached."""
    tried: dict[str, float] = field(default_factory=dict[str, float])
    counts: Counter[str] = field(default_factory=Counter[str])
    codes_of: dict[str, str] = field(default_factory=dict[str, str])
    codes_seen: int = 0
    codes_before: int = 0
    due: str = ""
    """The payment of a standing order's due date, by id."""
    original: str = ""
    """The payment that goes back, by id."""

    @property
    def user_id(self) -> str:
        return f"user_{self.case.who}"

    @cached_property
    def http(self) -> httpx.Client:
        return httpx.Client(timeout=15)

    # ---- before anything dies

    def enter(self) -> None:
        """Sign in, begin to talk, and have what this kind of payment needs."""
        login = {"username": self.case.who, "password": self.place.password}
        token = self.insist(f"{self.place.api}/api/login", login)["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.session_id = self.insist(f"{self.place.api}/api/conversations", {"new": True})["session_id"]
        if self.case.kind is Kind.MOBILE:
            self._enrol()
        if self.case.kind is Kind.MANDATE:
            self._allow()
        if self.case.kind is Kind.ORDER:
            self._order()
        if self.case.kind is Kind.REVERSED:
            self._pay_before()
        self.seen = (self.events() or [{"seq": 0}])[-1]["seq"]
        self.told.clear()
        self.codes_before = len(self.codes())
        self.tried.clear()
        self.late = self.case.moment.later and not self.due
        if not self.late:
            names = [self.case.who, self.due] if self.due else []
            self.place.arm(self.case.point, self.case.who, self.case.pattern(*names))

    def _enrol(self) -> None:
        origin = f"http://localhost:{self.place.api.rpartition(':')[2]}"
        self.passkey = Authenticator(behaviour=Behaviour(origin=origin))
        options = self.insist(f"{self.place.api}/api/passkeys/options", {"password": self.place.password})["publicKey"]
        self.insist(f"{self.place.api}/api/passkeys", {"credential": self.passkey.create(options), "name": "phone"})

    def _allow(self) -> None:
        self.say(_STANDING, "allow")
        until(
            lambda: self.waiting() or any(each.startswith("Done. From now on") for each in self.all_told()), "a mandate"
        )

    def _order(self) -> None:
        """All but the last word of a standing order that is due today: its payment is known before it is begun."""
        order_id, zone = f"order-{self.case.who}", where_it_is_noon()
        today = datetime.now(zone).date().isoformat()
        terms = {"order_id": order_id, "payee": "City Power", "amount": "2.50", "account": "checking", "date": today}
        self.insist(f"{self.place.api}/api/standing-orders", terms, self.name("order"))
        asked = until(lambda: self.board.question(self.user_id), "the first question")
        self._send(asked, {"confirmed": True}, "agree")
        self.code_for(until(self._asked_for_code, "the second question"))
        with psycopg.connect(self.place.books) as owner:
            row = owner.execute("SELECT run_key FROM standing_orders WHERE order_id = %s", [order_id]).fetchone()
        assert row is not None
        self.due = run_payment_id(str(row[0]), today)

    def _asked_for_code(self) -> str:
        asked = self.board.question(self.user_id)
        return asked["elicitation_id"] if asked and asked["type"] == "otp" else ""

    def _pay_before(self) -> None:
        self.say(_OWN, "before")
        until(lambda: self.waiting() or self.board.ended(self.user_id), "the payment that goes back")
        self.original = self.board.payments(self.user_id)[0]["payment_id"]

    # ---- the payment

    def payments(self) -> list[Row]:
        """Those that the case is about."""
        return [each for each in self.board.payments(self.user_id) if each["payment_id"] != self.original]

    def play(self) -> None:
        """From the wish until it has ended and was told."""
        self.ask()
        until(self._moved_on, f"the end of {self.case}")

    def _moved_on(self) -> bool:
        if not self.payments():
            if time.monotonic() - self.tried.get("ask", 0) > _AGAIN_S:
                self.ask()
            return False
        if self.late:
            self.late = False
            payment_id = self.payments()[0]["payment_id"]
            self.place.arm(self.case.point, self.case.who, self.case.pattern(payment_id))
        return self.waiting() or self.board.ended(self.user_id)

    def ask(self) -> None:
        if self.case.kind is Kind.TOOL:
            wish = {"amount": "2.50", "from_account": "checking", "to_account": "Sarah Chen"}
            self.insist(f"{self.place.mcp}/mcp/payment", wish, self.name("ask"), self._service())
        elif self.case.kind is Kind.REVERSED:
            path, note = f"{self.place.api}/api/payments/{self.original}/reverse", {"note": f"{self.case.who} asked"}
            self.insist(path, note, self.name("ask"), supervisor(self.place, "sam"), refusable=True)
        elif self.case.kind is Kind.ORDER:
            self.waiting()
        else:
            self.say(_WISH.get(self.case.kind, _USUAL), "ask")
        self.tried["ask"] = time.monotonic()

    def waiting(self) -> bool:
        """Answer what is asked, once, and again where it stays open; never true."""
        asked = self.board.question(self.user_id)
        if asked is None or time.monotonic() - self.tried.get(asked["elicitation_id"], 0) < _AGAIN_S:
            return False
        if self.forgotten and asked["type"] in _SPOKEN and not self._works_on(asked):
            self.ask()
        else:
            self.answer(asked)
        self.tried[asked["elicitation_id"]] = time.monotonic()
        return False

    def _works_on(self, asked: Row) -> bool:
        """What was said last is another question's, and this one has only just been opened."""
        return asked["elicitation_id"] not in self.tried

    def answer(self, asked: Row) -> None:
        match asked["type"]:
            case "supervisor_approval":
                self._approve(asked)
            case "biometric":
                self._sign(asked)
            case "otp" if self.case.kind is Kind.WITHDRAWN:
                self.say("cancel", "cancel")
            case "otp":
                code = self.code_for(asked["elicitation_id"])
                self._say_or_send(asked, code, {"otp_code": code}, "code")
            case _ if self.case.kind is Kind.CORRECTED and asked["version"] == 1:
                self.say("make it 3 dollars", "change")
            case _:
                self._say_or_send(asked, "yes", {"confirmed": True}, "yes")

    def _say_or_send(self, asked: Row, words: str, data: dict[str, Any], what: str) -> None:
        if self.case.kind in _BY_HAND:
            self._send(asked, data, what)
        else:
            self.say(words, what)

    def _send(self, asked: Row, data: dict[str, Any], what: str) -> None:
        path = f"{self.place.api}/api/elicitations/{asked['elicitation_id']}/answer"
        name = self.name(what)
        self.insist(path, {"data": data, "response_id": name}, name, refusable=True)

    def _sign(self, asked: Row) -> None:
        door = f"{self.place.api}/api/elicitations/{asked['elicitation_id']}/passkey-options"
        options = self.insist(door, refusable=True)
        if "publicKey" in options:  # else it was settled meanwhile
            self._send(asked, {"assertion": self.passkey.get(options["publicKey"])}, "sign")

    def _approve(self, asked: Row) -> None:
        path = f"{self.place.api}/api/approvals/{asked['elicitation_id']}/decision"
        decision = {"decision": "approve", "version": asked["version"], "response_id": self.name("approve")}
        by = "sue" if self.case.kind is Kind.REVERSED else "sam"  # not who asked for it
        self.insist(path, decision, headers=supervisor(self.place, by), refusable=True)

    # ---- what was sent, what came

    def say(self, text: str, what: str) -> None:
        name = self.name(what)
        path = f"{self.place.api}/api/conversations/{self.session_id}/turns"
        heard = self.insist(path, {"text": text, "turn_id": name}, name)
        self.told += [each["text"] for each in heard["replies"]]
        self.forgotten = heard["replies"][-1]["state"] in _AT_REST

    def name(self, what: str) -> str:
        """Of a request: the same however often it is sent; another one when it is asked again."""
        self.counts[what] += 1
        return f"{self.case.who}-{what}-{self.counts[what]}"

    def codes(self) -> list[str]:
        messages = self.insist(f"{self.place.api}/api/demo/inbox")["messages"]
        return [found[0] for each in messages if (found := re.search(r"\b\d{6}\b", each["body"]))]

    def code_for(self, question: str) -> str:
        """The code that came for this question, which is newer than all that came for others."""
        if question not in self.codes_of:
            found = until(lambda: self.codes()[self.codes_seen :], "the code")
            self.codes_seen += len(found)
            self.codes_of[question] = found[-1]
        return self.codes_of[question]

    def events(self) -> list[dict[str, Any]]:
        """All that are numbered since this customer's payment began."""
        found: list[dict[str, Any]] = []
        after = self.seen
        while more := self.insist(f"{self.place.api}/api/events/backlog?after={after}")["events"]:
            found += more
            after = more[-1]["seq"]
        return found

    def all_told(self) -> list[str]:
        """Replies, and what was said unasked."""
        unasked = [each["body"]["reply"]["text"] for each in self.events() if each["kind"] == "assistant.spoke"]
        return self.told + unasked

    def _service(self) -> dict[str, str]:
        keys = self.place.keys
        tokens = ServiceTokens(Signer.from_files(keys / "service.pem", keys / "jwks.json"))
        token = tokens.mint(self.user_id, self.session_id, ["transact"], [MCP_AUDIENCE])
        return {"Authorization": f"Bearer {token}"}

    def insist(
        self,
        url: str,
        body: dict[str, Any] | None = None,
        key: str = "",
        headers: dict[str, str] | None = None,
        *,
        refusable: bool = False,
    ) -> dict[str, Any]:
        """The answer to one request, sent again and again under its key while nobody answers it."""
        sent = (headers or {}) | ({"Idempotency-Key": key} if key else {})

        def attempt() -> dict[str, Any] | None:
            try:
                answer = self.http.request("GET" if body is None else "POST", url, json=body, headers=sent)
            except httpx.TransportError:
                return None
            if answer.status_code in _PASSING or (answer.is_error and answer.json()["code"] == _IN_PROGRESS):
                return None
            assert refusable or answer.is_success, f"{self.case}: {url}: {answer.text}"
            return answer.json()

        return until(attempt, url)

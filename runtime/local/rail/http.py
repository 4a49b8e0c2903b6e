"""The rail's door."""

from __future__ import annotations

import hmac
import json
import re
import time
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
from psycopg_pool import PoolTimeout

from runtime.local.rail.books import Books, UnlikeError, shown
from runtime.local.rail.modes import Behaviour, Mode, behaviour

REQUEST_MAX_BYTES: Final = 20_000
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,160}")
_MOST_MINOR: Final = 2**53


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    books: Books
    auth: str
    reader: str
    admin: str

    def do_GET(self) -> None:
        """Health, one payment, the statement, behaviours."""
        self._serve("GET")

    def do_POST(self) -> None:
        """A payment, a barred key, a return."""
        self._serve("POST")

    def do_PUT(self) -> None:
        """A behaviour."""
        self._serve("PUT")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing: paths contain keys."""

    def _serve(self, verb: str) -> None:
        parts = [unquote(each) for each in urlsplit(self.path).path.strip("/").split("/")]
        try:
            body = self._body()
            if parts == ["health"]:
                self._health()
            elif parts[0] == "admin" and self._may(self.admin):
                self._administer(verb, parts[1:], body)
            elif parts[:2] == ["v1", "payments"] and self._may(self.auth):
                self._pay(verb, parts[2:], body)
            elif (verb, parts) == ("GET", ["v1", "payments"]) and self._may(self.reader):
                self._statement()
            else:
                self._answer(401 if parts[0] in {"v1", "admin"} else 404, {"code": "not_here"})
        except ValueError as error:
            self._answer(400, {"code": "invalid_request", "message": str(error)})
        except (psycopg.Error, PoolTimeout):
            self._answer(503, {"code": "unavailable"})

    def _health(self) -> None:
        ready = getattr(self.server, "ready", False)
        self._answer(200 if ready else 503, {"status": "ok" if ready else "starting"})

    def _pay(self, verb: str, rest: list[str], body: dict[str, Any]) -> None:
        match verb, rest:
            case "POST", []:
                self._take(body)
            case "GET", []:
                self._statement()
            case "GET", [key] if self._is_up(key):
                found = self.books.find(key)
                self._answer(*((200, shown(found)) if found else (404, {"code": "unknown_key"})))
            case "POST", [key, "bar"] if self._is_up(key):
                self._answer(200, shown(self.books.bar(key)))
            case _:
                self._answer(503 if rest else 405, {"code": "down" if rest else "not_here"})

    def _is_up(self, key: str) -> bool:
        return self.books.behaviour_of(_key(key)).mode is not Mode.DOWN

    def _take(self, body: dict[str, Any]) -> None:
        key, wanted = _key(self.headers.get("Idempotency-Key", "")), _wanted(body)
        how = self.books.asked(key, wanted["creditor"])
        if how.mode is Mode.DOWN:
            self._answer(503, {"code": "down"})
        elif how.mode is Mode.TIMEOUT_BEFORE:
            self._say_nothing(how)
        else:
            self._taken(key, wanted, how)

    def _taken(self, key: str, wanted: dict[str, Any], how: Behaviour) -> None:
        try:
            row = self.books.take(key, wanted, how)
        except UnlikeError:
            self._answer(409, {"code": "idempotency_conflict"})
            return
        if how.mode is Mode.TIMEOUT_AFTER:
            self._say_nothing(how)
        elif row["status"] == "barred":
            self._answer(409, {"code": "key_barred"})
        else:
            self._answer(202 if row["status"] == "pending" else 201, shown(row))

    def _statement(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        after, limit = (int(asked.get(name, [usual])[0]) for name, usual in (("after", "0"), ("limit", "500")))
        self._answer(200, {"payments": [shown(row) for row in self.books.statement(after, min(limit, 1000))]})

    def _administer(self, verb: str, rest: list[str], body: dict[str, Any]) -> None:
        match verb, rest:
            case "GET", ["behaviours"]:
                self._answer(200, {"behaviours": self.books.behaviours()})
            case "PUT", ["behaviours", name]:
                after = body.get("after_s")
                how = behaviour(Mode(body.get("mode", "")), None if after is None else float(after))
                self.books.behave(name, how)
                self._answer(200, {"whom": name, "mode": how.mode.value, "after_s": how.after_s})
            case "POST", ["payments", key, "return" | "mend" as what]:
                done = self.books.alter(_key(key), status="returned", mend=what == "mend")
                self._answer(200 if done else 404, {"key": key, "done": done})
            case _:
                self._answer(404, {"code": "not_here"})

    def _say_nothing(self, how: Behaviour) -> None:
        self.close_connection = True
        time.sleep(how.after_s)

    def _may(self, secret: str) -> bool:
        kind, _, given = self.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(given.encode(), secret.encode())

    def _body(self) -> dict[str, Any]:
        said = self.headers.get("Content-Length") or "0"
        if not said.isdecimal() or int(said) > REQUEST_MAX_BYTES:
            self.close_connection = True
            raise ValueError("too long")
        found: object = json.loads(self.rfile.read(int(said)) or b"{}")
        if not isinstance(found, dict):
            raise ValueError("no object")  # noqa: TRY004 - what the caller sent, not a type of ours
        return found  # pyright: ignore[reportUnknownVariableType] - JSON

    def _answer(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _key(text: str) -> str:
    if _KEY.fullmatch(text) is None:
        raise ValueError("no key")
    return text


def _wanted(body: dict[str, Any]) -> dict[str, Any]:
    """Only what is meant to be there. Raises ValueError."""
    creditor, debtor, amount = body.get("creditor"), body.get("debtor"), body.get("amount_minor")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount < _MOST_MINOR:
        raise ValueError("no amount")
    return {
        "amount_minor": amount,
        "currency": _text(body.get("currency")),
        "creditor": {name: _text(_object(creditor).get(name)) for name in ("name", "bank", "account")},
        "debtor": {"name": _text(_object(debtor).get("name"))},
    }


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError("no object")  # noqa: TRY004 - what the caller sent, not a type of ours
    return value  # pyright: ignore[reportUnknownVariableType] - JSON


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 140:
        raise ValueError("no text")
    return value


class RailServer(ThreadingHTTPServer):
    """Bound; serves once it is told to, and is healthy once `ready`."""

    daemon_threads = True
    ready = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """What callers show: the bank, a reader of the statement alone, whoever tells the rail how to behave."""

    auth: str
    reader: str
    admin: str


def make_server(host: str, port: int, books: Books, tokens: Tokens) -> RailServer:
    """Port 0 is any free one."""
    return RailServer((host, port), type("BoundHandler", (Handler,), {"books": books, **asdict(tokens)}))

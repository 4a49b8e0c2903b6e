"""The carrier's local stand-in: takes text messages in Twilio's form, keeps them, and shows them by phone number.

Beside it the mail server's (runtime/local/mail_sink.py), whose mail is shown by address in the same place.

POST /2010-04-01/Accounts/{sid}/Messages.json (form: To, From, Body; basic auth) → 201 {"sid","status",…}
GET /inbox/{phone} (basic auth) → [{"to","body","at"}], newest last; of an address also "subject". GET /health.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from runtime.local.mail_sink import MailBox, make_mail_server
from runtime.settings import settings

BODY_MAX_CHARS = 1600  # Twilio's limit
REQUEST_MAX_BYTES = 20_000
PHONE = re.compile(r"^\+[1-9]\d{6,14}$")  # E.164
PATH = re.compile(r"^/2010-04-01/Accounts/(?P<account>[^/]+)/Messages\.json$")
SCHEMA = """create table if not exists messages (
    id integer primary key, sid text not null, token text unique, account text not null,
    recipient text not null, sender text not null, body text not null, at text not null)"""


class Inbox:
    """Messages in one SQLite file. A token that was seen gives the first message again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._open()) as database, database:
            database.execute("pragma journal_mode=wal")
            database.execute(SCHEMA)

    def take(self, account: str, form: dict[str, str], token: str | None) -> dict[str, Any]:
        """Keep a message; the row as Twilio would show it."""
        row = (f"SM{uuid4().hex}", token, account, form["To"], form["From"], form["Body"], _now())
        with closing(self._open()) as database, database:
            database.execute(
                "insert into messages (sid, token, account, recipient, sender, body, at) values (?,?,?,?,?,?,?)"
                " on conflict (token) do nothing",
                row,
            )
            query = "select sid, recipient, sender, body, at from messages where sid = ? or token = ?"
            sid, to, sender, body, at = database.execute(query, (row[0], token)).fetchone()
        return {"sid": sid, "status": "queued", "to": to, "from": sender, "body": body, "date_created": at}

    def of(self, phone: str) -> list[dict[str, str]]:
        """What this number was sent, newest last."""
        with closing(self._open()) as database:
            rows = database.execute(
                "select recipient, body, at from messages where recipient = ? order by id", (phone,)
            )
            return [{"to": to, "body": body, "at": at} for to, body, at in rows]

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=5)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    inbox: Inbox
    mail: MailBox
    login: bytes
    """`account:password`, as basic authentication has it before base64."""

    def do_GET(self) -> None:
        """Health and inboxes."""
        path = unquote(urlsplit(self.path).path)
        if path == "/health":
            self._answer(200, {"status": "ok"})
        elif not self._is_let_in():
            self._refuse(401, 20003, "authenticate")
        elif path.startswith("/inbox/"):
            whose = path.removeprefix("/inbox/")
            self._answer(200, self.mail.of(whose) if "@" in whose else self.inbox.of(whose))
        else:
            self._refuse(404, 20404, "no such resource")

    def do_POST(self) -> None:
        """A message, with Twilio's error codes where it is refused."""
        length = self._length()
        if length > REQUEST_MAX_BYTES:
            self.close_connection = True
            self._refuse(413, 20413, "request too large")
            return
        sent = self.rfile.read(length).decode(errors="replace")
        form = {name: values[0] for name, values in parse_qs(sent).items()}
        found = PATH.match(urlsplit(self.path).path)
        if not self._is_let_in() or (found and found["account"].encode() != self.login.partition(b":")[0]):
            self._refuse(401, 20003, "authenticate")
        elif found is None:
            self._refuse(404, 20404, "no such resource")
        elif fault := fault_of(form):
            self._refuse(400, *fault)
        else:
            self._answer(201, self.inbox.take(found["account"], form, self.headers.get("I-Twilio-Idempotency-Token")))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing: paths contain phone numbers."""

    def _is_let_in(self) -> bool:
        """Whether account and password are right; how long that takes does not say where they are wrong."""
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(value, validate=True)
        except ValueError:
            given = b""
        return kind.lower() == "basic" and hmac.compare_digest(_digest(given), _digest(self.login))

    def _length(self) -> int:
        """The body's length; where it is not said as it should be, it counts as too long."""
        said = self.headers.get("Content-Length") or "0"
        return int(said) if said.isdecimal() and said.isascii() else REQUEST_MAX_BYTES + 1

    def _refuse(self, status: int, code: int, message: str) -> None:
        self._answer(status, {"code": code, "message": message, "status": status})

    def _answer(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def fault_of(form: dict[str, str]) -> tuple[int, str] | None:
    """Twilio's code and text for a form that it refuses."""
    if not PHONE.match(form.get("To", "")):
        return 21211, "'To' is not a phone number"
    if not PHONE.match(form.get("From", "")):
        return 21212, "'From' is not a phone number"
    if not form.get("Body"):
        return 21602, "'Body' is missing"
    if len(form["Body"]) > BODY_MAX_CHARS:
        return 21617, "'Body' is too long"
    return None


def make_server(host: str, port: int, store: Path, login: tuple[str, str]) -> ThreadingHTTPServer:
    """A server that is bound but does not serve yet; port 0 is any free one. `login` is account and password."""
    handler = type(
        "BoundHandler", (Handler,), {"inbox": Inbox(store), "mail": MailBox(store), "login": ":".join(login).encode()}
    )
    return ThreadingHTTPServer((host, port), handler)


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def main() -> None:
    """Serve on the address that the settings name."""
    chosen = settings()
    login = (chosen.sms_account, chosen.sms_auth_file.read_text().strip())
    port = urlsplit(chosen.sms_url).port or 80
    store = chosen.state_dir / "sms.sqlite"
    mail_login = (chosen.smtp_user, chosen.smtp_auth_file.read_text().strip())
    with (
        make_mail_server("127.0.0.1", chosen.smtp_port, store, mail_login) as mail,
        make_server("127.0.0.1", port, store, login) as server,
    ):
        threading.Thread(target=mail.serve_forever, name="mail", daemon=True).start()
        server.serve_forever()


if __name__ == "__main__":
    main()

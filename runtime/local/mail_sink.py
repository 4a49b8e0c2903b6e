"""The mail server's local stand-in: takes mail over SMTP (RFC 5321) from whoever has the password, and keeps it.

EHLO, AUTH PLAIN (RFC 4954), MAIL, RCPT, DATA, RSET, NOOP, QUIT. An address at `bounce.example` is refused for good, one
at `later.example` for now, so that both can be tried.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Final

LINE_MAX_BYTES: Final = 2000
MAIL_MAX_BYTES: Final = 100_000
_ADDRESS: Final = re.compile(rb"(?:FROM|TO):\s*<([^<>\s@]+@[^<>\s@]+)>", re.IGNORECASE)
_SCHEMA: Final = """create table if not exists mails (
    id integer primary key, message_id text not null unique, sender text not null,
    recipient text not null, subject text not null, body text not null, at text not null)"""


class MailBox:
    """Mail in one SQLite file. A Message-ID that was seen is not kept twice."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._open()) as database, database:
            database.execute("pragma journal_mode=wal")
            database.execute(_SCHEMA)

    def take(self, sender: str, recipient: str, raw: bytes) -> None:
        """Keep one message for one recipient."""
        message = message_from_bytes(raw, policy=policy.default)
        part = message.get_body(("plain",))
        body = str(part.get_content()).replace("\r\n", "\n").strip() if part else ""
        key = f"{message.get('Message-ID', '') or hashlib.sha256(raw).hexdigest()} {recipient}"
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with closing(self._open()) as database, database:
            database.execute(
                "insert into mails (message_id, sender, recipient, subject, body, at) values (?,?,?,?,?,?)"
                " on conflict (message_id) do nothing",
                (key, sender, recipient.lower(), str(message.get("Subject", "")), body, at),
            )

    def of(self, address: str) -> list[dict[str, str]]:
        """What this address was sent, newest last."""
        with closing(self._open()) as database:
            query = "select recipient, subject, body, at from mails where recipient = ? order by id"
            rows = database.execute(query, (address.lower(),))
            return [{"to": to, "subject": subject, "body": body, "at": at} for to, subject, body, at in rows]

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=5)


class MailHandler(StreamRequestHandler):
    """One connection."""

    timeout = 30
    box: MailBox
    login: bytes
    """`\\0user\\0password`, as AUTH PLAIN has it before base64."""

    def setup(self) -> None:
        """A new dialogue."""
        super().setup()
        self._let_in = False
        self._sender = ""
        self._recipients: list[str] = []

    def handle(self) -> None:
        """Answer command by command until QUIT, the end, or a line that is too long."""
        with suppress(ConnectionError, TimeoutError):  # whoever has hung up misses nothing
            self._converse()

    def _converse(self) -> None:
        verbs: dict[bytes, Callable[[bytes], str]] = {
            b"EHLO": lambda _: "250-countersign\r\n250-AUTH PLAIN\r\n250 8BITMIME",
            b"HELO": lambda _: "250 countersign",
            b"NOOP": lambda _: "250 OK",
            b"RSET": self._reset,
            b"AUTH": self._auth,
            b"MAIL": self._mail,
            b"RCPT": self._rcpt,
            b"DATA": self._data,
        }
        self._say("220 countersign mail sink")
        while (line := self.rfile.readline(LINE_MAX_BYTES)).endswith(b"\n"):
            verb, _, rest = line.strip().partition(b" ")
            if verb.upper() == b"QUIT":
                self._say("221 bye")
                return
            self._say(verbs.get(verb.upper(), lambda _: "502 not known here")(rest))

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _reset(self, _: bytes) -> str:
        self._sender, self._recipients = "", []
        return "250 OK"

    def _auth(self, rest: bytes) -> str:
        kind, _, given = rest.partition(b" ")
        if kind.upper() != b"PLAIN":
            return "504 only PLAIN"
        if not given:
            self._say("334 ")
            given = self.rfile.readline(LINE_MAX_BYTES).strip()
        try:
            said = base64.b64decode(given, validate=True)
        except ValueError:
            said = b""
        self._let_in = hmac.compare_digest(hashlib.sha256(said).digest(), hashlib.sha256(self.login).digest())
        return "235 welcome" if self._let_in else "535 wrong user or password"

    def _mail(self, rest: bytes) -> str:
        found = _ADDRESS.match(rest)
        if not self._let_in:
            return "530 authenticate first"
        if found is None:
            return "501 no address"
        self._reset(b"")
        self._sender = found[1].decode(errors="replace")
        return "250 OK"

    def _rcpt(self, rest: bytes) -> str:
        found = _ADDRESS.match(rest)
        if not self._sender:
            return "503 MAIL first"
        if found is None:
            return "501 no address"
        if found[1].endswith(b"@bounce.example"):
            return "550 no such mailbox"
        if found[1].endswith(b"@later.example"):
            return "451 not now"
        self._recipients.append(found[1].decode(errors="replace"))
        return "250 OK"

    def _data(self, _: bytes) -> str:
        if not self._recipients:
            return "503 RCPT first"
        self._say("354 go on, end with a dot")
        taken = bytearray()
        while (line := self.rfile.readline(LINE_MAX_BYTES)) not in {b".\r\n", b".\n", b""}:
            taken += line[1:] if line.startswith(b".") else line
            if len(taken) > MAIL_MAX_BYTES:
                del taken[MAIL_MAX_BYTES:]
        if len(taken) >= MAIL_MAX_BYTES:
            return "552 too much"
        for recipient in self._recipients:
            self.box.take(self._sender, recipient, bytes(taken))
        return self._reset(b"")


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def make_mail_server(host: str, port: int, store: Path, login: tuple[str, str]) -> ThreadingTCPServer:
    """A server that is bound but does not serve yet; port 0 is any free one. `login` is user and password."""
    attributes = {"box": MailBox(store), "login": "\0".join(("", *login)).encode()}
    return _Server((host, port), type("BoundMailHandler", (MailHandler,), attributes))

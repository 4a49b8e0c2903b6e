"""Tells the bank by webhook what happened later, until it takes it."""

from __future__ import annotations

import http.client
import threading
import time
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg_pool import PoolTimeout

from adapters.webhooks import sign
from runtime.local.rail.books import Books

PATH: Final = "/api/rail/webhooks"
_LOOK_S: Final = 0.5
_WAIT_S: Final = 5.0


class Herald:
    """Looks for what is due, and sends it. One thread."""

    def __init__(self, books: Books, bank_url: str, secret: str) -> None:
        self._books = books
        self._bank = urlsplit(bank_url)
        self._secret = secret
        self._stop = threading.Event()

    def run(self) -> None:
        """Until `stop`."""
        while not self._stop.wait(_LOOK_S):
            try:
                self._books.settle_due()
                for event in self._books.due_events():
                    taken = self._send(str(event["event_id"]), str(event["body"]).encode())
                    self._books.sent(str(event["event_id"]), taken=taken)
            except (psycopg.Error, PoolTimeout):
                self._stop.wait(_LOOK_S)  # the database is away; what was done is done, the rest stays due

    def stop(self) -> None:
        """At the next look."""
        self._stop.set()

    def _send(self, event_id: str, body: bytes) -> bool:
        at = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(at),
            "webhook-signature": sign(self._secret, event_id, at, body),
        }
        kind = http.client.HTTPSConnection if self._bank.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._bank.hostname or "127.0.0.1", self._bank.port, timeout=_WAIT_S)
        try:
            connection.request("POST", PATH, body, headers)
            return connection.getresponse().status < http.client.MULTIPLE_CHOICES
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

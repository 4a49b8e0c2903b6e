"""The api as a signed-in demo user sees it, and failures that a person can read."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import typer

from adapters.http_clients.refusal import object_or_refusal
from cli.console import err
from domain.errors import BankError, InvalidRequestError, UnauthenticatedError, UnavailableError
from runtime.local.overview import LOGINS
from runtime.settings import settings

if TYPE_CHECKING:
    from collections.abc import Generator

_TIMEOUT_S = 30.0


class Bank:
    """One user's client. Every method raises the BankError that the api named."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def get(self, path: str, **query: str | int) -> dict[str, Any]:
        """A JSON object."""
        return self._send("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON object that comes back."""
        return self._send("POST", path, json=body or {})

    def delete(self, path: str) -> dict[str, Any]:
        """The JSON object that comes back."""
        return self._send("DELETE", path)

    def sign_in(self, user: str, password: str) -> None:
        """Use this user's token from now on."""
        token = self.post("/api/login", {"username": user, "password": password})["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def _send(self, method: str, path: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - httpx's own arguments
        try:
            return object_or_refusal(self.http.request(method, path, **request))
        except httpx.TransportError as error:
            raise UnavailableError(
                f"nothing answers at {self.http.base_url}",
                spoken="Nobody answers. ./countersign status says whether it is being restarted, or has to be: make up",
            ) from error


@contextmanager
def signed_in(user: str, *, as_json: bool = False) -> Generator[Bank]:
    """A client for this demo user. A refusal is printed with its code, and the command ends with status 1."""
    chosen = settings()
    try:
        with httpx.Client(base_url=chosen.api_url, timeout=_TIMEOUT_S) as http:
            bank = Bank(http)
            _sign_in(bank, user, chosen.demo_password)
            yield bank
    except BankError as error:
        complain(error, as_json=as_json)
        raise typer.Exit(1) from error


def _sign_in(bank: Bank, user: str, password: str) -> None:
    try:
        bank.sign_in(user, password)
    except BankError as error:
        if not (spoken := no_such_user(user, error.code)):
            raise
        raise UnauthenticatedError(error.detail, spoken=spoken) from error


def no_such_user(user: str, code: str) -> str:
    """What to say where a sign-in was refused with this code because of the name; else nothing."""
    if user in LOGINS or code not in {UnauthenticatedError.code, InvalidRequestError.code}:
        return ""
    known = ", ".join(f"{name} ({role})" for name, role in LOGINS.items())
    return f"There is no demo user {user[:64]!r}. There are {known}."


def complain(error: BankError, *, as_json: bool) -> None:
    """Sentence and code: for a person on standard error, for a script as one JSON line."""
    if as_json:
        line({"error": {"code": error.code, "detail": error.detail, "sentence": error.sentence}})
    else:
        code = "" if error.code == UnauthenticatedError.code else f" ({error.code})"
        err.print(f"{error.sentence}{code}", style="red", markup=False, highlight=False)


def line(value: dict[str, Any]) -> None:
    """One JSON object on a line of its own, at once."""
    print(json.dumps(value, ensure_ascii=False), flush=True)  # noqa: T201 - for scripts

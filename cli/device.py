"""A demo user's phone, as far as its passkey goes: enrolled, used and taken off again over the api like any other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cli.authenticator import Authenticator
from domain.errors import ForbiddenError, PasskeyNotFoundError
from runtime.local.layout import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from cli.client import Bank
    from runtime.settings import Settings

_NAME = "Demo phone"


def demo_only(chosen: Settings) -> None:
    """Raises ForbiddenError where this is no demo: in production, or where there are no demo users."""
    if chosen.environment == "production" or not chosen.demo_password:
        raise ForbiddenError("this is for demo users only, and never in production")


class Device:
    """One passkey, in a file that its owner alone can read; it outlives a story that was cut short."""

    def __init__(self, chosen: Settings, user: str) -> None:
        """Raises ForbiddenError where this is no demo."""
        demo_only(chosen)
        origins = chosen.passkey_origins or (f"http://localhost:{chosen.api_port}",)
        self._origin, self._password = origins[0], chosen.demo_password
        self.file: Path = chosen.state_dir / "demo" / f"passkey_{user}.json"

    def enrol(self, bank: Bank) -> bool:
        """Make a new passkey and have it enrolled, unless the one in the file still is; whether it was new."""
        enrolled = {each["passkey_id"] for each in bank.get("/api/passkeys")["passkeys"]}
        if self._read().get("passkey_id") in enrolled:
            return False
        options = bank.post("/api/passkeys/options", {"password": self._password})["publicKey"]
        passkey = Authenticator(self._origin)
        kept = bank.post("/api/passkeys", {"credential": passkey.create(options), "name": _NAME})
        self.keep(passkey, kept["passkey_id"])
        return True

    def answer(self, bank: Bank, elicitation_id: str) -> dict[str, Any]:
        """Sign this question's challenge and take it to the door. Raises BankError, NotToBeSignedError."""
        kept = self._read()
        if not kept:
            raise PasskeyNotFoundError(spoken="There is no passkey on this device.")
        passkey = Authenticator.from_json(kept)
        options = bank.get(f"/api/elicitations/{elicitation_id}/passkey-options")["publicKey"]
        assertion = passkey.get(options)
        self.keep(passkey, kept["passkey_id"])  # its count, before anybody sees it
        body = {"type": "elicitation_response", "data": {"assertion": assertion}}
        return bank.post(f"/api/elicitations/{elicitation_id}/answer", body)

    def forget(self, bank: Bank) -> None:
        """Have it revoked, and the key with it."""
        if passkey_id := self._read().get("passkey_id"):
            bank.delete(f"/api/passkeys/{passkey_id}")
        self.file.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def keep(self, passkey: Authenticator, passkey_id: str) -> None:
        """Write it down, the private key included."""
        self.file.parent.mkdir(mode=0o700, exist_ok=True)
        write_private(self.file, json.dumps(passkey.to_json() | {"passkey_id": passkey_id}))

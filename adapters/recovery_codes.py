"""Recovery codes: what signs in where an authenticator is lost. Ten at a time, each once."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from base64 import b64decode
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

COUNT: Final = 10
_GROUPS: Final = 4
_LETTERS: Final = 6
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that looks like another, and none that a person could not say."""
PATTERN: Final = r"^([0-9A-Za-z]{6}[ -]?){3}[0-9A-Za-z]{6}$"
_LOOKALIKES: Final = str.maketrans("OIL", "011")
_PURPOSE: Final = b"countersign recovery code "


class RecoveryCodes:
    """Makes them, and the digests that are kept of them.

    120 random bits each: past guessing, also for who has the digests. So a fast keyed hash will do where a password
    needs a slow one (from 112 bits on: NIST SP 800-63B-4, 3.1.2; OWASP ASVS 5, 6.5.2). `keys_file` as for `Sealer`.
    """

    def __init__(self, keys_file: Path) -> None:
        ring = json.loads(keys_file.read_text())
        current = ring["current"]
        others = [key for kid, key in ring["keys"].items() if kid != current]
        self._keys = [b64decode(key) for key in (ring["keys"][current], *others)]

    def new(self, user_id: str) -> tuple[list[str], list[bytes]]:
        """Ten codes to be shown once, and their digests."""
        codes = ["-".join(_group() for _ in range(_GROUPS)) for _ in range(COUNT)]
        return codes, [self.digests(user_id, code)[0] for code in codes]

    def digests(self, user_id: str, code: str) -> list[bytes]:
        """Of a code as somebody typed it, with each key of the ring, the current one first."""
        read = re.sub(r"[\s-]", "", code).upper().translate(_LOOKALIKES)
        told = _PURPOSE + user_id.encode() + b"\0" + read.encode()
        return [hmac.digest(key, told, "sha256") for key in self._keys]


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(_LETTERS))

"""What a customer is told when something about how they sign in was changed: whoever did it, the owner hears of it."""

from __future__ import annotations

from typing import Final

SUBJECT: Final = "Your sign-in was changed"
WHAT: Final = {
    "code_channel.changed": "The way your codes reach you was changed.",
    "recovery_codes.made": "New recovery codes were made. The old ones are void.",
    "recovery_codes.used": "One of your recovery codes was used.",
    "totp.on": "An authenticator was added.",
    "totp.off": "Your authenticator was removed.",
    "passkey.enrolled": "A passkey was added.",
    "passkey.revoked": "A passkey was removed.",
}
"""By the action in the audit; those and no others are told of (`audit_told` in 0011_recovery.sql)."""


def notice(about: str) -> str:
    """The whole text; the same by text message and by mail."""
    return f"{WHAT[about]} If that was not you, call the bank at once."

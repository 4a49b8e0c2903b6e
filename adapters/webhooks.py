"""Signed webhooks as in the Standard Webhooks specification 1.0 (standardwebhooks.com), symmetric form.

Headers `webhook-id`, `webhook-timestamp` (seconds) and `webhook-signature` (`v1,` and base64 of HMAC-SHA256 over
`id.timestamp.body`; several with spaces between). A keyring has one secret a line, so that one can follow another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

from domain.errors import WebhookSignatureError, WebhookTooOldError

TOLERANCE_S: Final = 300
_ID_MOST: Final = 128


def sign(secret: str, event_id: str, at: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    return f"v1,{base64.b64encode(_mac(secret, event_id, str(at), body)).decode()}"


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """The event's id. Raises WebhookSignatureError, or WebhookTooOldError for a good one of another time."""
    event_id, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not event_id or len(event_id) > _ID_MOST or not (at.isascii() and at.isdecimal() and len(at) < 16):
        raise WebhookSignatureError
    given = [value for kind, _, value in (each.partition(",") for each in _several(headers)) if kind == "v1"]
    wanted = [base64.b64encode(_mac(secret, event_id, at, body)).decode() for secret in secrets]
    fits = [hmac.compare_digest(one.encode(), other.encode()) for one in given for other in wanted]
    if not any(fits):
        raise WebhookSignatureError
    if abs(now - int(at)) > TOLERANCE_S:
        raise WebhookTooOldError
    return event_id


def _several(headers: Mapping[str, str]) -> list[str]:
    return headers.get("webhook-signature", "").split()[:8]


def _mac(secret: str, event_id: str, at: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), f"{event_id}.{at}.".encode() + body, hashlib.sha256).digest()

"""Where a list goes on: opaque to callers, and good for the same question of the same customer alone.

It is not signed: a place that somebody makes up lies in their own list, or nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from typing import Final, cast

from domain.errors import CursorInvalidError
from domain.ids import is_safe_id
from domain.inquiries import Place

_LARGEST: Final = 2**63 - 1


def cursor(place: Place, question: str) -> str:
    """The cursor of what follows `place` in the answer to `question`."""
    parts = [_digest(question), place.at, place.transfer_id, place.account_id, place.size_minor]
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def place_in(text: str, question: str) -> Place:
    """The inverse. Raises CursorInvalidError for what is none, or belongs to another question."""
    try:
        found: object = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        digest, at, transfer_id, account_id, size_minor = cast("tuple[object, ...]", found)
    except (ValueError, TypeError, RecursionError) as error:
        raise CursorInvalidError from error
    if digest != _digest(question) or not isinstance(account_id, str) or not is_safe_id(account_id):
        raise CursorInvalidError
    return Place(_moment(at), _number(transfer_id), account_id, _number(size_minor))


def _digest(question: str) -> str:
    return hashlib.sha256(question.encode()).hexdigest()[:16]


def _number(found: object) -> int:
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= _LARGEST:
        raise CursorInvalidError
    return found


def _moment(found: object) -> str:
    try:
        moment = datetime.fromisoformat(str(found))
    except ValueError as error:
        raise CursorInvalidError from error
    if moment.tzinfo is None:
        raise CursorInvalidError
    return moment.isoformat()

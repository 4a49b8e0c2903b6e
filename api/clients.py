"""MCP clients that nobody knew before: what they say of themselves is sealed into their id, and kept nowhere else.

So a registration costs no row, and needs no clean-up (RFC 7591). All are public clients: PKCE is their proof.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import SplitResult, urlsplit

from domain.errors import UnavailableError

if TYPE_CHECKING:
    from adapters.sealing import Sealer

_MOST_URIS: Final = 5
_LONGEST_URI: Final = 300
LOOPBACK: Final = frozenset({"127.0.0.1", "[::1]", "localhost"})


@dataclass(frozen=True, slots=True)
class Client:
    """`client_id` as it came; `redirect_uris` as it gave them."""

    client_id: str
    name: str
    redirect_uris: tuple[str, ...]

    def may_use(self, uri: str) -> bool:
        """Whether that is one of its own: to the letter, but for the port of a loopback address (RFC 8252, 7.3)."""
        return uri in self.redirect_uris or any(_same_but_for_port(own, uri) for own in self.redirect_uris)


def register(seal: Sealer, name: object, uris: object) -> Client | None:
    """A new client; None where a redirect URI is neither HTTPS nor loopback, they are too many, or its name no text."""
    given: list[object] = cast("list[object]", uris) if isinstance(uris, list) else []
    if not 0 < len(given) <= _MOST_URIS:
        return None
    texts = tuple(uri for uri in given if isinstance(uri, str) and acceptable(uri))
    if len(texts) != len(given) or not isinstance(name, str | None):
        return None
    shown = " ".join("".join(c if c.isprintable() else " " for c in name or "").split())[:80] or "Unnamed client"
    sealed = seal.seal(json.dumps([shown, *texts]))
    return Client(sealed.replace("+", "-").replace("/", "_"), shown, texts)


def known(seal: Sealer, client_id: str) -> Client | None:
    """The client of this id, if it is one that was given."""
    try:
        name, *uris = json.loads(seal.open(client_id.replace("-", "+").replace("_", "/")))
    except (UnavailableError, ValueError):
        return None
    return Client(client_id, name, tuple(uris))


def acceptable(uri: str) -> bool:
    """HTTPS, or HTTP to this machine; no user, no fragment, nothing that two parsers could read in two ways."""
    if len(uri) > _LONGEST_URI or not uri.isascii() or not uri.isprintable() or set(uri) & set(" \\#@\"'<>`{}|^"):
        return False
    parts = _split(uri)
    if parts is None or parts.username or parts.password or not parts.hostname or parts.fragment:
        return False
    return parts.scheme == "https" or on_loopback(uri)


def on_loopback(uri: str) -> bool:
    """Whether that leads to a program on the visitor's own machine."""
    parts = _split(uri)
    return parts is not None and parts.scheme == "http" and _host(parts) in LOOPBACK


def _same_but_for_port(own: str, given: str) -> bool:
    mine, theirs = _split(own), _split(given)
    if mine is None or theirs is None or not acceptable(given):
        return False
    here = mine.scheme == "http" and _host(mine) in LOOPBACK
    return here and _without_port(mine) == _without_port(theirs)


def _without_port(parts: SplitResult) -> tuple[str, ...]:
    return parts.scheme, _host(parts), parts.path, parts.query


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return f"[{host}]" if ":" in host else host


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        fits = parts.port is None or parts.port > 0
    except ValueError:  # a port that is no number, brackets that do not close
        return None
    return parts if fits else None

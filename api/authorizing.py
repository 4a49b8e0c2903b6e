"""What a client asks for at the authorization endpoint, judged in the order that decides where a refusal may go."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from adapters.tokens import SCOPES
from api.clients import known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.clients import Client
    from api.services import Services

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
ANY_SITE: Final = {"Access-Control-Allow-Origin": "*"}
"""Clients may be pages of other sites; none of what carries this depends on a cookie."""
CARRIED: Final = (
    *("response_type", "client_id", "redirect_uri", "code_challenge", "code_challenge_method"),
    *("state", "resource"),
)


class ClientUnknown(Exception):  # noqa: N818 - no error of the bank's: it is shown, and never redirected
    """Nothing may be sent to an address that is not the client's own (RFC 9700, section 4.1)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person is to decide. `given`: the parameters that the page carries along."""

    client: Client
    redirect_uri: str
    challenge: str
    scopes: tuple[str, ...]
    given: dict[str, str]

    @property
    def state(self) -> str:
        """The client's own."""
        return self.given.get("state", "")


class AskedWrong(Exception):  # noqa: N818 - see above; this one goes back to the client
    """`error` of RFC 6749, section 4.1.2.1, or RFC 8707, section 2."""

    def __init__(self, error: str, redirect_uri: str, state: str) -> None:
        super().__init__(error)
        self.error, self.redirect_uri, self.state = error, redirect_uri, state


def asked(services: Services, given: Mapping[str, str]) -> Asked:
    """Raises ClientUnknown, or AskedWrong for what the client may be told of."""
    client = known(services.client_seal, given.get("client_id", ""))
    uri = given.get("redirect_uri", "")
    if client is None or not client.may_use(uri):
        raise ClientUnknown
    wanted = tuple(dict.fromkeys(given.get("scope", "read").split()))
    if error := _error(services, given, wanted):
        raise AskedWrong(error, uri, given.get("state", ""))
    carried = {name: given[name] for name in CARRIED if name in given}
    return Asked(client, uri, given["code_challenge"], wanted, carried)


def _error(services: Services, given: Mapping[str, str], wanted: tuple[str, ...]) -> str:
    if given.get("response_type") != "code":
        return "unsupported_response_type"
    # S256 alone, and said: `plain` is what a client gets that leaves it out (RFC 7636, section 4.3)
    challenged = _CHALLENGE.fullmatch(given.get("code_challenge", "")) and given.get("code_challenge_method") == "S256"
    if not challenged or len(given.get("state", "")) > 1000:
        return "invalid_request"
    if not same_resource(services, given.get("resource", "")):
        return "invalid_target"
    return "" if wanted and set(wanted) <= set(SCOPES) else "invalid_scope"


def same_resource(services: Services, resource: str) -> bool:
    """Whether that is the bank's tools; a client that names none means them, for there is nothing else."""
    return resource.rstrip("/") in {"", services.settings.mcp_resource}


def challenge_of(verifier: str) -> str:
    """S256 of a code verifier; empty where it is none."""
    if _VERIFIER.fullmatch(verifier) is None:
        return ""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def token_client_id(client_id: str) -> str:
    """A client's id as its tokens name it: short, for ours hold all that a client said of itself."""
    return hashlib.sha256(client_id.encode()).hexdigest()[:32]


def redirected(services: Services, uri: str, state: str, **told: str) -> str:
    """The client's own address with the answer, and who answers (RFC 9207)."""
    more = told | ({"state": state} if state else {}) | {"iss": services.settings.issuer}
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(more)}"

"""Whether a deployment's server takes connections, without asking it anything: a question would cost money."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from adapters.models.plan import Deployment

_PLACES: Final = {
    "openai": "https://api.openai.com",
    "groq": "https://api.groq.com",
    "gemini": "https://generativelanguage.googleapis.com",
    "ollama": "http://127.0.0.1:11434",
    "ollama_chat": "http://127.0.0.1:11434",
}
_WAIT_S: Final = 2.0


def place_of(deployment: Deployment) -> str:
    """Its address: the file's, else its provider's; empty where LiteLLM alone knows it."""
    return deployment.api_base or _PLACES.get(deployment.model.partition("/")[0], "")


def answers(place: str) -> bool:
    """Whether somebody listens there; True where nobody knows the address."""
    address = urlsplit(place)
    if not address.hostname:
        return True
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        with socket.create_connection((address.hostname, port), _WAIT_S):
            return True
    except OSError:
        return False

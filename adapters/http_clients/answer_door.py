"""The api's answer door as the bank's other processes reach it: with the token of the call that they serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from adapters.http_clients.refusal import object_or_refusal
from adapters.traces import carry
from domain.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping


class AnswerDoor:
    """Never retries: the caller's response id makes a repeat harmless, so the caller decides."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def answer(
        self, elicitation_id: str, data: Mapping[str, Any], response_id: str, token: str
    ) -> dict[str, Any]:
        """Submit an answer; returns ElicitationStatusUpdate JSON. Raises the door's BankError or UnavailableError."""
        headers = {"Authorization": f"Bearer {token}"}
        carry(headers)
        try:
            reply = await self._client.post(
                f"/api/elicitations/{quote(elicitation_id, safe='')}/answer",
                json={"type": "elicitation_response", "data": dict(data), "response_id": response_id},
                headers=headers,
            )
        except httpx.TransportError as error:
            raise UnavailableError("the answer door did not answer") from error
        return object_or_refusal(reply)

"""Text messages over Twilio's REST API, or over anything that speaks it."""

from __future__ import annotations

from typing import Final

import httpx

from domain.errors import DeliveryFailedError, UnavailableError

_WAIT_S: Final = 5.0
_BAD_NUMBER: Final = frozenset({21211, 21408, 21610, 21612, 21614})
"""Twilio's codes for a number that is none, out of reach, or has unsubscribed."""


class TwilioSms:
    """Implements `adapters.courier.TextMessages`. `auth` is the account's token. No message's text is ever logged."""

    def __init__(self, url: str, from_: str, account_sid: str, auth: str) -> None:
        self._from = from_
        self._path = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._client = httpx.AsyncClient(base_url=url, auth=(account_sid, auth), timeout=_WAIT_S)

    async def send(self, to: str, text: str, key: str) -> None:
        """One attempt; the receiver drops a second one with the same `key`.

        Raises UnavailableError, or DeliveryFailedError where the carrier refuses the number for good.
        """
        try:
            answer = await self._client.post(
                self._path,
                data={"To": to, "From": self._from, "Body": text},
                headers={"I-Twilio-Idempotency-Token": key},
            )
        except httpx.HTTPError as error:
            raise UnavailableError(f"sms: {type(error).__name__}") from error
        if answer.is_client_error and _error_code(answer) in _BAD_NUMBER:
            raise DeliveryFailedError(f"sms: status {answer.status_code}")
        if answer.is_error:
            raise UnavailableError(f"sms: status {answer.status_code}")

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


def _error_code(answer: httpx.Response) -> object:
    try:
        return answer.json().get("code")
    except (ValueError, AttributeError):
        return None

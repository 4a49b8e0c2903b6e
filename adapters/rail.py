"""The rail to other banks over HTTP. One attempt a call: what is no clear answer is followed up by whoever asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import httpx
import structlog

from adapters.crash_points import Step, around
from domain.errors import UnavailableError
from domain.rail import UNHEARD, RailOrder, RailReply, RailStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_NOT_FOUND: Final = 404
_PAGE: Final = 500
_LONGEST: Final = 140
_MOST_MINOR: Final = 2**62
_SAID: Final = {status.value: status for status in RailStatus if status is not RailStatus.SENT}
_log = structlog.get_logger(__name__)


class HttpRail:
    """Implements `activities.ports.rail.Rail`. `auth` is the bank's bearer token; no payment's details are logged."""

    def __init__(self, url: str, auth: str, timeout_s: float) -> None:
        headers = {"Authorization": f"Bearer {auth}"}
        self._client = httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout_s)

    @around(Step.RAIL_SUBMIT)
    async def submit(self, order: RailOrder) -> RailReply:
        """Have it paid, under its own key. Anything but a clear answer is UNHEARD: it may have been paid."""
        creditor = order.creditor
        body = {
            "amount_minor": order.amount_minor,
            "currency": order.currency,
            "creditor": {"name": creditor.name, "bank": creditor.bank, "account": creditor.account},
            "debtor": {"name": order.debtor},
        }
        return _reply(await self._ask("POST", "/v1/payments", json=body, headers={"Idempotency-Key": order.key}))

    @around(Step.RAIL_FIND)
    async def find(self, key: str) -> RailReply | None:
        """What became of it; None only where the rail itself says that it does not know the key."""
        answer = await self._ask("GET", f"/v1/payments/{key}")
        unknown = answer is not None and answer.status_code == _NOT_FOUND
        return None if unknown and _content(answer).get("code") == "unknown_key" else _reply(answer)

    async def bar(self, key: str) -> RailReply:
        """Have the key barred, unless the rail has it."""
        return _reply(await self._ask("POST", f"/v1/payments/{key}/bar"))

    async def statement(self) -> AsyncIterator[tuple[str, RailReply]]:
        """Key and state of everything that the rail has, oldest first. Raises UnavailableError."""
        last, page = 0, await self._page(0)
        while page:
            for seq, key, reply in page:
                if seq <= last:
                    raise UnavailableError("The rail's statement goes round in circles.")
                yield key, reply
                last = seq
            page = await self._page(last)

    async def _page(self, after: int) -> list[tuple[int, str, RailReply]]:
        try:
            answer = await self._client.get("/v1/payments", params={"after": after, "limit": _PAGE})
            lines: list[dict[str, Any]] = answer.raise_for_status().json()["payments"]
            return [(int(each["seq"]), str(each["key"]), _read(each)) for each in lines]
        except (httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise UnavailableError(f"The rail gave no statement: {type(error).__name__}.") from error

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def _ask(self, method: str, path: str, **given: Any) -> httpx.Response | None:  # noqa: ANN401 - httpx's own
        try:
            return await self._client.request(method, path, **given)
        except httpx.HTTPError as error:
            _log.warning("rail gave no answer", reason=type(error).__name__)
            return None


def _reply(answer: httpx.Response | None) -> RailReply:
    """Only a success that says a status is an answer: an error says nothing about the money."""
    if answer is None:
        return UNHEARD
    if not answer.is_success:
        _log.warning("rail refused to answer", status=answer.status_code, code=_content(answer).get("code"))
        return UNHEARD
    return _read(_content(answer))


def _content(answer: httpx.Response | None) -> dict[str, Any]:
    try:
        found: object = answer.json() if answer is not None else {}
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _read(said: dict[str, Any]) -> RailReply:
    return reply_of(said) or UNHEARD


def reply_of(said: dict[str, Any]) -> RailReply | None:
    """A rail's description of a payment; None where it has not the form of one."""
    status, amount, creditor = _SAID.get(str(said.get("status"))), said.get("amount_minor", 0), said.get("creditor")
    account = cast("dict[str, Any]", creditor).get("account", "") if isinstance(creditor, dict) else ""
    words: list[Any] = [said.get(name, "") for name in ("rail_ref", "currency", "reason")]
    well = all(isinstance(word, str) and len(word) <= _LONGEST for word in (*words, account))
    if status is None or not isinstance(amount, int) or isinstance(amount, bool) or not well:
        return None
    return RailReply(status, words[0], amount, words[1], account, words[2]) if 0 <= amount <= _MOST_MINOR else None

"""Removes payees, and ends what still waits to pay them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

from domain.errors import BankError, PayeeNotFoundError, PayeeRemovedError
from domain.ids import is_safe_id

if TYPE_CHECKING:
    from domain.payments import PaymentState

_log = structlog.get_logger(__name__)


class PayeeRows(Protocol):
    """Payees at rest."""

    async def remove(self, payee_id: str, user_id: str) -> None:
        """At once. Raises PayeeNotFoundError."""
        ...

    async def waiting(self, user_id: str = "", older_than_s: float = 0) -> list[tuple[str, str]]:
        """Payments, with their payers, that wait for a payee who is gone."""
        ...


class PaymentDoor(Protocol):
    """Running payments."""

    async def cancel(self, payment_id: str, user_id: str, reason: str) -> PaymentState:
        """Withdraw one that still waits."""
        ...


@dataclass(frozen=True, slots=True)
class PayeeDesk:
    """Postgres decides, at once; workflows are told afterwards, and again where they were not reached."""

    rows: PayeeRows
    door: PaymentDoor

    async def remove(self, payee_id: str, user_id: str) -> None:
        """From now on nothing is paid to them that is not posted yet. Raises PayeeNotFoundError."""
        if not is_safe_id(payee_id):
            raise PayeeNotFoundError
        await self.rows.remove(payee_id, user_id)
        await self._end(await self.rows.waiting(user_id))

    async def tell_again(self, older_than_s: float) -> None:
        """Payments whose workflow was not reached when their payee was removed."""
        await self._end(await self.rows.waiting(older_than_s=older_than_s))

    async def _end(self, payments: list[tuple[str, str]]) -> None:
        for payment_id, user_id in payments:
            try:
                await self.door.cancel(payment_id, user_id, PayeeRemovedError.code)
            except BankError as error:
                _log.info("a payment without its payee was not ended", payment_id=payment_id, code=error.code)

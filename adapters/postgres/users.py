"""Logins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.postgres.directory import customer_from

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool
    from domain.accounts import Customer


@dataclass(frozen=True, slots=True)
class Login:
    """A user and the argon2 hash of the password."""

    customer: Customer
    password_hash: str = field(repr=False)


class PgUsers:
    """Who may sign in."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def by_username(self, username: str) -> Login | None:
        """The login of this name, however it is capitalised."""
        row = await self._pool.row("SELECT * FROM users WHERE username = %s", username.strip().lower())
        return None if row is None else Login(customer_from(row), row["password_hash"])

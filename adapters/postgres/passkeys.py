"""Passkeys at rest, and the challenges that they sign. Each change is one SQL function (0007_passkeys.sql)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import by_code
from domain.passkeys import CHALLENGE_S, MOST_PASSKEYS, Challenge, Passkey, Purpose, Seen

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row


@dataclass(frozen=True, slots=True)
class Taken:
    """A challenge that was just spent."""

    challenge: Challenge
    expired: bool


class PgPasskeys:
    """Keeps passkeys and challenges, and writes what is refused to the audit."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, user_id: str) -> list[Passkey]:
        """Those in force, oldest first."""
        rows = await self._pool.rows(
            "SELECT * FROM passkeys WHERE user_id = %s AND revoked_at IS NULL ORDER BY created_at, passkey_id", user_id
        )
        return [_passkey(row) for row in rows]

    async def by_credential(self, credential_id: bytes) -> Passkey | None:
        """The one in force with this credential id."""
        row = await self._pool.row(
            "SELECT * FROM passkeys WHERE credential_id = %s AND revoked_at IS NULL", credential_id
        )
        return None if row is None else _passkey(row)

    async def allowed(self, username: str) -> list[bytes]:
        """Credential ids to offer at this user's sign-in; a decoy where there is no such user, or no passkey."""
        rows = await self._pool.rows("SELECT allowed_passkeys(%s) AS credential_id", username)
        return [bytes(row["credential_id"]) for row in rows]

    async def enrol(self, passkey: Passkey) -> None:
        """Raises PasskeyExistsError or TooManyPasskeysError."""
        row = await self._pool.row(
            "SELECT enrol_passkey(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) AS code",
            passkey.passkey_id,
            passkey.user_id,
            passkey.credential_id,
            passkey.public_key,
            passkey.sign_count,
            passkey.backup_eligible,
            passkey.backed_up,
            list(passkey.transports),
            passkey.aaguid,
            passkey.name,
            MOST_PASSKEYS,
        )
        _check(row)

    async def use(self, passkey_id: str, seen: Seen, purpose: Purpose) -> None:
        """Note a verified use. Raises PasskeyUnknownError, PasskeyClonedError or PasskeyBackupError."""
        row = await self._pool.row(
            "SELECT use_passkey(%s, %s, %s, %s, %s) AS code",
            passkey_id,
            seen.sign_count,
            seen.backup_eligible,
            seen.backed_up,
            purpose.value,
        )
        _check(row)

    async def revoke(self, passkey_id: str, user_id: str) -> bool:
        """Whether the user had it."""
        row = await self._pool.row("SELECT revoke_passkey(%s, %s) AS done", passkey_id, user_id)
        return row is not None and bool(row["done"])

    async def refused(self, who: str, about: str, purpose: Purpose, code: str) -> None:
        """Write a refusal to the audit; `about` is a user or an elicitation."""
        await self._pool.run("SELECT refuse_passkey(%s, %s, %s, %s)", who, about, purpose.value, code)

    async def issue(self, challenge: Challenge, lives_s: float = CHALLENGE_S) -> None:
        """Keep a challenge until it is taken or has expired."""
        await self._pool.run(
            "SELECT issue_challenge(%s, %s, %s, %s, %s, %s, %s, %s)",
            challenge.value,
            challenge.purpose.value,
            challenge.subject,
            challenge.nonce,
            challenge.elicitation_id,
            challenge.payment_id,
            challenge.version,
            lives_s,
        )

    async def take(self, value: bytes) -> Taken | None:
        """Spend a challenge: of any number of calls one gets it."""
        row = await self._pool.row("SELECT * FROM take_challenge(%s)", value)
        if row is None:
            return None
        challenge = Challenge(
            value=value,
            purpose=Purpose(row["purpose"]),
            subject=row["subject"],
            nonce=bytes(row["nonce"]),
            elicitation_id=row["elicitation_id"],
            payment_id=row["payment_id"],
            version=row["version"],
        )
        return Taken(challenge, expired=row["expired"])


def _check(row: Row | None) -> None:
    if row is None or row["code"] != "ok":
        raise by_code("" if row is None else str(row["code"]))


def _passkey(row: Row) -> Passkey:
    return Passkey(
        passkey_id=row["passkey_id"],
        user_id=row["user_id"],
        credential_id=bytes(row["credential_id"]),
        public_key=bytes(row["public_key"]),
        sign_count=row["sign_count"],
        backup_eligible=row["backup_eligible"],
        backed_up=row["backed_up"],
        transports=tuple(row["transports"]),
        aaguid=row["aaguid"],
        name=row["name"],
        created_at=row["created_at"].isoformat(),
        last_used_at=row["last_used_at"].isoformat() if row["last_used_at"] else "",
    )

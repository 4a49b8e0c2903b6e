"""Which process is told where which secret is. What a process is not told, it does not look for."""

from __future__ import annotations

from typing import Final

_KEYS: Final = {
    "livekit": "COUNTERSIGN_LIVEKIT_KEY_FILE",
    "access": "COUNTERSIGN_ACCESS_KEY_FILE",
    "service": "COUNTERSIGN_SERVICE_KEY_FILE",
    "proof": "COUNTERSIGN_PROOF_KEY_FILE",
    "jwks": "COUNTERSIGN_JWKS_FILE",
    "payload": "COUNTERSIGN_PAYLOAD_KEYS_FILE",
    "codes": "COUNTERSIGN_CODE_KEY_FILE",
    "rounds": "COUNTERSIGN_ROUNDS_KEYS_FILE",
    "sms": "COUNTERSIGN_SMS_AUTH_FILE",
    "smtp": "COUNTERSIGN_SMTP_AUTH_FILE",
    "rail": "COUNTERSIGN_RAIL_AUTH_FILE",
    "rail_statement": "COUNTERSIGN_RAIL_STATEMENT_FILE",
    "rail_webhook": "COUNTERSIGN_RAIL_WEBHOOK_FILE",
    "rail_admin": "COUNTERSIGN_RAIL_ADMIN_FILE",
    "rail_database": "COUNTERSIGN_RAIL_DATABASE_URL",
    "database": "COUNTERSIGN_DATABASE_URL",
    "redis": "COUNTERSIGN_REDIS_URL",
    "owner": "COUNTERSIGN_MIGRATIONS_URL",
    "roles": "COUNTERSIGN_ROLE_PASSWORDS_DIR",
    "demo": "COUNTERSIGN_DEMO_PASSWORD",
    "models": "COUNTERSIGN_MODELS_FILE",
}
_TOLD: Final[dict[str, str]] = {
    "temporal_worker": "database redis service jwks payload codes livekit sms smtp rail",
    "api": "database redis access proof jwks payload codes livekit sms models rail_webhook",
    "mcp": "database redis jwks payload rounds",
    "voice_worker": "redis service jwks payload livekit models",
    "sms_sink": "sms smtp",
    "rail": "rail rail_statement rail_webhook rail_admin rail_database",
    "migrate": "owner roles",
    "demo_data": "owner demo",
    "cli": "demo models",
    "audit": "database rail_statement",
    "bench": "database redis proof jwks payload codes livekit demo",
}
DATABASE_ROLES: Final = {
    "temporal_worker": "countersign_worker",
    "api": "countersign_api",
    "mcp": "countersign_mcp",
    "bench": "countersign_api",
    "audit": "countersign_audit",
}
"""Who signs in to Postgres as whom; the password is the file `postgres_…` of the role's last word."""


def trimmed(settings: dict[str, str], process: str) -> dict[str, str]:
    """The settings without the secrets that this process has no use for; servers of others have use for none."""
    told = {_KEYS[name] for name in _TOLD.get(process, "").split()}
    secret = set(_KEYS.values())
    return {name: value for name, value in settings.items() if name not in secret or name in told}


def password_file(role: str) -> str:
    """The name, below keys/, of the file with a role's password."""
    return f"postgres_{role.removeprefix('countersign_')}"

"""Passkeys, the challenges that they sign, and what was filled into forms."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0007_passkeys.sql"


def upgrade() -> None:
    """Run the plain SQL on the driver's own connection, inside alembic's transaction."""
    op.get_bind().connection.driver_connection.execute(_SQL.read_bytes())

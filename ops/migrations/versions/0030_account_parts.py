"""What is paid to accounts that are no customer's is credited in parts."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0030_account_parts.sql"


def upgrade() -> None:
    """Run the plain SQL on the driver's own connection, inside alembic's transaction."""
    op.get_bind().connection.driver_connection.execute(_SQL.read_bytes())

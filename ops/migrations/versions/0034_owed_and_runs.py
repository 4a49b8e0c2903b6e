"""No loan is paid beyond what is owed; due dates of ended orders are shown as they ended."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0034_owed_and_runs.sql"


def upgrade() -> None:
    """Run the plain SQL on the driver's own connection, inside alembic's transaction."""
    op.get_bind().connection.driver_connection.execute(_SQL.read_bytes())

"""No question outlives what asked it; authority lent twice at once is lent once."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0035_questions_and_lending.sql"


def upgrade() -> None:
    """Run the plain SQL on the driver's own connection, inside alembic's transaction."""
    op.get_bind().connection.driver_connection.execute(_SQL.read_bytes())

"""Customers, accounts, the ledger, elicitations, audit and outbox."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Run the plain SQL on the driver's own connection, inside alembic's transaction."""
    driver = op.get_bind().connection.driver_connection
    for part in ("tables", "guards", "ledger", "elicitations", "rights"):
        driver.execute((_SQL / f"0001_{part}.sql").read_bytes())

"""Standing orders."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Run the plain SQL on the driver's own connection, inside alembic's transaction."""
    driver = op.get_bind().connection.driver_connection
    for part in ("orders", "order_steps", "orders_shown"):
        driver.execute((_SQL / f"0026_standing_{part}.sql").read_bytes())

"""Cells of a round that is done again may keep the numbers that were told before, and say whose they are."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_s1_told_as_before"
down_revision = "2026_11_29_q1_suppliers"
branch_labels = None
depends_on = None

TABLE = "monitoring_results"


def upgrade() -> None:
    """One column: the cell whose numbers are told on."""
    op.add_column(TABLE, sa.Column("kept_from_id", sa.Uuid()))
    op.create_foreign_key(op.f(f"fk_{TABLE}_kept_from_id"), TABLE, TABLE, ["kept_from_id"], ["id"])
    op.create_index(op.f(f"ix_{TABLE}_kept_from_id"), TABLE, ["kept_from_id"])


def downgrade() -> None:
    """Gone again."""
    op.drop_column(TABLE, "kept_from_id")

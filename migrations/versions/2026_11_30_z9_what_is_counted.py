"""A target says what is counted: an indicator of the county, or words with their unit where none fits."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_z9_what_is_counted"
down_revision = "2026_11_30_z9_after_the_work"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Words, unit and direction of a target that has no indicator."""
    op.add_column("problem_items", sa.Column("measure", sa.String(60), nullable=False, server_default=""))
    op.add_column("problem_items", sa.Column("measure_unit", sa.String(10), nullable=False, server_default=""))
    op.add_column(
        "problem_items", sa.Column("measure_direction", sa.String(6), nullable=False, server_default="higher")
    )


def downgrade() -> None:
    """Without them."""
    for name in ("measure_direction", "measure_unit", "measure"):
        op.drop_column("problem_items", name)

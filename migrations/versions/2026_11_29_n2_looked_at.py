"""A citizen's letter remembers by which line of a visit's checklist it was looked at; the line knows nothing of the letter."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_n2_looked_at"
down_revision = "2026_11_29_n2_handovers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; where the line is taken off a draft the letter can be put on another visit."""
    op.add_column("citizen_letters", sa.Column("visit_line_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_citizen_letters_visit_line_id"),
        "citizen_letters",
        "visit_lines",
        ["visit_line_id"],
        ["id"],
        ondelete="SET NULL",
    )


def downgrade() -> None:
    """Gone again."""
    op.drop_column("citizen_letters", "visit_line_id")

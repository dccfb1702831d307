"""Units have a type to which papers go at once, where their kind leaves a choice; lines of a list remember it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_n0_addressees"
down_revision = "2026_11_29_p1_wall_of_clocks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """School districts and sections have their type by their kind; the others are told by the office."""
    op.add_column("units", sa.Column("addressee", sa.String(length=8), nullable=True))
    op.create_check_constraint(op.f("ck_units_addressee"), "units", "addressee in ('township', 'direct')")
    op.add_column("problem_items", sa.Column("addressee", sa.String(length=8), nullable=True))


def downgrade() -> None:
    """Gone again."""
    op.drop_column("problem_items", "addressee")
    op.drop_column("units", "addressee")

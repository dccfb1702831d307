"""Proposals of everyday support that are drawn by chance for a talk: what screening misses is known by them alone."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_v2_sampled"
down_revision = "2026_11_30_v1_practical_aid"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody was drawn before."""
    op.add_column(
        "rainbow_assessments", sa.Column("sampled", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def downgrade() -> None:
    """Take it out."""
    op.drop_column("rainbow_assessments", "sampled")

"""The subject of what a visit finds anew: so whoever studies the subject reads it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_u2_visit_subjects"
down_revision = "2026_11_30_u1_entry_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty for what was written before: the item it is about told the subject."""
    op.add_column("visit_findings", sa.Column("subject", sa.String(length=20), nullable=True))


def downgrade() -> None:
    """Take it out."""
    op.drop_column("visit_findings", "subject")

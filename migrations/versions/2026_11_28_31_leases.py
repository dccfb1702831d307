"""A row of the outbox carries a fencing token: who has lost its lease no longer finishes it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_31_leases"
down_revision = "2026_11_28_30_moves"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every row begins without a holder."""
    op.add_column("outbox", sa.Column("lease", sa.BigInteger(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    """Leases are told by time alone again."""
    op.drop_column("outbox", "lease")

"""A monthly report and a cause have versions of their own: an older text no longer takes the place of a newer one unseen."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_versions_of_reports"
down_revision = "2026_12_01_a0_walls_of_staff"
branch_labels = None
depends_on = None

TABLES = ("progress_reports", "causes")


def upgrade() -> None:
    """Both begin at their first."""
    for table in TABLES:
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Without them."""
    for table in TABLES:
        op.drop_column(table, "version")

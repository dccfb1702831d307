"""A plan says why it begins from its cell: where the problem stands, or why an earlier one stays."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_where_it_stands"
down_revision = "2026_12_01_versions_of_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The reason for the cell; of plans made before it is not known."""
    op.add_column("remediation_plans", sa.Column("baseline_origin", sa.String(20)))


def downgrade() -> None:
    """Without it."""
    op.drop_column("remediation_plans", "baseline_origin")

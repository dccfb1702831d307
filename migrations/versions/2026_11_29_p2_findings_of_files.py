"""A finding knows the file that brought it in."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_p2_findings_of_files"
down_revision = "2026_11_29_p1_evaluated"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A foreign key, empty for what was measured or registered."""
    op.add_column("data_findings", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_data_findings_batch_id"), "data_findings", "import_batches", ["batch_id"], ["id"])
    op.create_index(op.f("ix_data_findings_batch_id"), "data_findings", ["batch_id"])


def downgrade() -> None:
    """Gone again."""
    op.drop_column("data_findings", "batch_id")

"""When units were last asked to sign for papers and results, and which reminder of a sending the system has written."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_t1_reminders"
down_revision = "2026_11_30_x0_retention"
branch_labels = None
depends_on = None

ASKED = ("document_receipts", "release_acks")


def upgrade() -> None:
    """Empty: nobody was reminded yet."""
    for table in ASKED:
        op.add_column(table, sa.Column("reminded_on", sa.Date(), nullable=True))
    op.add_column("document_sendings", sa.Column("reminded", sa.String(length=4), nullable=True))
    op.create_check_constraint(
        op.f("ck_document_sendings_reminded"), "document_sendings", "reminded in ('soon', 'late')"
    )


def downgrade() -> None:
    """Forgotten again."""
    op.drop_column("document_sendings", "reminded")
    for table in ASKED:
        op.drop_column(table, "reminded_on")

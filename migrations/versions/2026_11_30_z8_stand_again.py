"""What ended with a leaving that was taken back is looked for twice a minute: among the few of this year, not among all."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_z8_stand_again"
down_revision = "2026_11_30_z7_names_sorted"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two small indexes."""
    op.create_index("ix_consents_expired", "consents", ["school_year"], postgresql_where=sa.text("state = 'expired'"))
    op.create_index(
        "ix_access_codes_left", "access_codes", ["expires_at"], postgresql_where=sa.text("ended_as = 'left'")
    )


def downgrade() -> None:
    """Without them."""
    op.drop_index("ix_access_codes_left", table_name="access_codes")
    op.drop_index("ix_consents_expired", table_name="consents")

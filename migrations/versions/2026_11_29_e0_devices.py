"""Forms remember by a mark of chance on which device they were answered, so that shared ones are seen (domain §5.4 V6)."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_e0_devices"
down_revision = "2026_11_29_f1_rule_sets"
branch_labels = None
depends_on = None

INDEX = "ix_scale_responses_device"


def upgrade() -> None:
    """One column, and the index by which another form of the device is found."""
    op.add_column("scale_responses", sa.Column("device", sa.String(length=16), nullable=True))
    op.create_index(
        INDEX, "scale_responses", ["device", "saved_at"], postgresql_where=sa.text("device is not null"), unique=False
    )


def downgrade() -> None:
    """Without it."""
    op.drop_index(INDEX, table_name="scale_responses")
    op.drop_column("scale_responses", "device")

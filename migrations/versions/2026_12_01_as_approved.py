"""An approved closure keeps its item and its evidence as they were: the form of a round says that whatever comes later."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_12_01_as_approved"
down_revision = "2026_12_01_where_it_stands"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What stands on the form, kept at the approval; forms of closures before it are drawn from what is so now."""
    kept = sa.Column("as_approved", JSONB(), nullable=False, server_default=sa.text("'{}'"))
    op.add_column("closure_requests", kept)


def downgrade() -> None:
    """Without it."""
    op.drop_column("closure_requests", "as_approved")

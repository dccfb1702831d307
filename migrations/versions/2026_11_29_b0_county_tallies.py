"""What a large county's boards count, made by the sweep every minute or so: one row a county, no trail, no names."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_29_b0_county_tallies"
down_revision = "2026_11_29_a2_rainbow_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "county_tallies",
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_county_tallies_county_id")),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_county_tallies")),
    )
    protect("county_tallies", None, outside_act=True)


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("county_tallies")

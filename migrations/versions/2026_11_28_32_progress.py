"""Weekly counts of a county's progress."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_28_32_progress"
down_revision = "2026_11_28_31_leases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their walls."""

    op.create_table(
        "progress_counts",
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_progress_counts_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_progress_counts_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_counts")),
        sa.UniqueConstraint("county_id", "taken_on", "part", name=op.f("uq_progress_counts_county_id_taken_on_part")),
        sa.UniqueConstraint("ref", name=op.f("uq_progress_counts_ref")),
    )
    op.create_index(op.f("ix_progress_counts_county_id"), "progress_counts", ["county_id"], unique=False)
    op.create_index(op.f("ix_progress_counts_school_id"), "progress_counts", ["school_id"], unique=False)

    protect("progress_counts", "county", outside_act=False)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("progress_counts")

"""Frozen days of the board, their counts and weekly reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_28_31_boards"
down_revision = "2026_11_28_30_whole_chain"
branch_labels = None
depends_on = None

FROZEN = """
create function refuse_changed_day() returns trigger language plpgsql as $$
begin
    raise exception 'a frozen day is never changed' using errcode = 'check_violation';
end $$;
"""


def upgrade() -> None:
    """Create the tables and their walls."""

    op.create_table(
        "board_snapshots",
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("ledger", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ledger_sha256", sa.String(length=64), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_board_snapshots_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_board_snapshots_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_snapshots")),
        sa.UniqueConstraint("county_id", "taken_on", name=op.f("uq_board_snapshots_county_id_taken_on")),
        sa.UniqueConstraint("ref", name=op.f("uq_board_snapshots_ref")),
    )
    op.create_index(op.f("ix_board_snapshots_county_id"), "board_snapshots", ["county_id"], unique=False)
    op.create_index(op.f("ix_board_snapshots_school_id"), "board_snapshots", ["school_id"], unique=False)

    protect("board_snapshots", "unit", outside_act=False)

    op.create_table(
        "board_counts",
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_board_counts_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_board_counts_school_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["board_snapshots.id"], name=op.f("fk_board_counts_snapshot_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_board_counts_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_counts")),
        sa.UniqueConstraint("ref", name=op.f("uq_board_counts_ref")),
    )
    op.create_index(op.f("ix_board_counts_county_id"), "board_counts", ["county_id"], unique=False)
    op.create_index(op.f("ix_board_counts_school_id"), "board_counts", ["school_id"], unique=False)
    op.create_index("ix_board_counts_snapshot", "board_counts", ["snapshot_id"], unique=False)

    protect("board_counts", "unit", outside_act=False)

    op.create_table(
        "board_reports",
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_board_reports_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_board_reports_school_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["board_snapshots.id"], name=op.f("fk_board_reports_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_reports")),
        sa.UniqueConstraint("ref", name=op.f("uq_board_reports_ref")),
        sa.UniqueConstraint("snapshot_id", name=op.f("uq_board_reports_snapshot_id")),
    )
    op.create_index(op.f("ix_board_reports_county_id"), "board_reports", ["county_id"], unique=False)
    op.create_index(op.f("ix_board_reports_school_id"), "board_reports", ["school_id"], unique=False)

    protect("board_reports", "unit", outside_act=False)

    op.execute(FROZEN)
    for table in ("board_snapshots", "board_counts"):
        op.execute(
            f"create trigger stay_frozen before update or delete on {table}"
            " for each row execute function refuse_changed_day()"
        )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("board_reports")
    op.drop_table("board_counts")
    op.drop_table("board_snapshots")
    op.execute("drop function refuse_changed_day()")

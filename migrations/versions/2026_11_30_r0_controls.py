"""Evidence of controls, and what anybody may check of a paper about compliance."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_30_r0_controls"
down_revision = "2026_11_30_u0_what_it_came_from"
branch_labels = None
depends_on = None

KEEP = """
create function keep_measured() returns trigger language plpgsql as $$
begin
    raise exception 'What was measured or printed is kept as it is.' using errcode = 'check_violation';
end $$;
create trigger keep_measured before update on control_reports for each row when (old.content is not null)
    execute function keep_measured();
create trigger keep_rows before delete or truncate on control_reports for each statement execute function keep_measured();
create trigger keep_rows before update or delete or truncate on compliance_prints for each statement
    execute function keep_measured()
"""


def upgrade() -> None:
    """Create the tables and their walls."""

    op.create_table(
        "compliance_prints",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('controls', 'yearly')", name=op.f("ck_compliance_prints_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compliance_prints")),
        sa.UniqueConstraint("ref", name=op.f("uq_compliance_prints_ref")),
    )

    protect("compliance_prints", None, outside_act=False)

    op.create_table(
        "control_reports",
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.String(length=1), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("level in ('2', '3')", name=op.f("ck_control_reports_level")),
        sa.CheckConstraint("(content is null) = (content_sha256 is null)", name=op.f("ck_control_reports_digest")),
        sa.CheckConstraint("(content is null) = (taken_at is null)", name=op.f("ck_control_reports_taken")),
        sa.ForeignKeyConstraint(["asked_by"], ["persons.id"], name=op.f("fk_control_reports_asked_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_control_reports_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_control_reports_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_reports")),
        sa.UniqueConstraint("ref", name=op.f("uq_control_reports_ref")),
    )
    op.create_index("ix_control_reports_asked", "control_reports", ["county_id", "asked_at"], unique=False)
    op.create_index(op.f("ix_control_reports_county_id"), "control_reports", ["county_id"], unique=False)
    op.create_index(op.f("ix_control_reports_school_id"), "control_reports", ["school_id"], unique=False)

    protect("control_reports", "controls", outside_act=False)
    op.execute(KEEP)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("control_reports")
    op.drop_table("compliance_prints")
    op.execute("drop function keep_measured()")

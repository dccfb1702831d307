"""Yearly audits of the protection of minors' data: versions that stay, signed by a second person, with a clock until the end of January."""

from importlib import import_module

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_30_r1_yearly_audits"
down_revision = "2026_11_30_r0_controls"
branch_labels = None
depends_on = None

WALL = import_module("migrations.versions.2026_11_29_p1_wall_of_clocks")
BEFORE = import_module("migrations.versions.2026_11_29_n2_handovers")
THEIRS = BEFORE.THEIRS.replace(
    "    when 'break_glass'",
    "    when 'yearly_audits' then return county = ctx.home() and (ctx.holds('protection') or ctx.holds('logs'));\n"
    "    when 'break_glass'",
    1,
)
SHOWN = BEFORE.SHOWN.replace("'handovers'", "'handovers', 'yearly_audits'", 1)
ADDED = BEFORE.ADDED.replace("'impact_assessments'", "'impact_assessments', 'yearly_audits'", 1)
KEEP = """
create function keep_audit() returns trigger language plpgsql as $$
begin
    raise exception 'An audit that was submitted is kept as it is: correct it in a new version.'
        using errcode = 'check_violation';
end $$;
create trigger keep_row before update on yearly_audits for each row
    when (old.state not in ('draft', 'returned') and
          (new.content, new.conclusion, new.measures, new.content_sha256, new.year, new.version_no, new.owner_id,
           new.counted_at)
          is distinct from
          (old.content, old.conclusion, old.measures, old.content_sha256, old.year, old.version_no, old.owner_id,
           old.counted_at))
    execute function keep_audit();
create trigger keep_filed before update on yearly_audits for each row
    when (old.filed_on is not null and (new.filed_on, new.filed_with, new.receipt_no, new.signed_by)
          is distinct from (old.filed_on, old.filed_with, old.receipt_no, old.signed_by))
    execute function keep_audit();
create trigger keep_all before delete or truncate on yearly_audits for each statement execute function keep_audit()
"""


def upgrade() -> None:
    """Create the tables and their walls."""

    op.create_table(
        "yearly_audits",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("version_no", sa.SmallInteger(), nullable=False),
        sa.Column("file_by", sa.Date(), nullable=False),
        sa.Column("counting", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conclusion", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("measures", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("filed_by", sa.Uuid(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("filed_with", sa.String(length=80), server_default=sa.text("''"), nullable=False),
        sa.Column("receipt_no", sa.String(length=60), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
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
        sa.CheckConstraint(
            "state <> 'filed' or (filed_on is not null and filed_with <> '' and receipt_no <> '')",
            name=op.f("ck_yearly_audits_filed"),
        ),
        sa.CheckConstraint(
            "state not in ('signed', 'filed') or (signed_by is not null and content_sha256 is not null)",
            name=op.f("ck_yearly_audits_signed"),
        ),
        sa.CheckConstraint("(content is null) = (counted_at is null)", name=op.f("ck_yearly_audits_counted")),
        sa.CheckConstraint(
            "signed_by is null or (signed_by <> owner_id and signed_by <> submitted_by)",
            name=op.f("ck_yearly_audits_four_eyes"),
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_yearly_audits_county_id")),
        sa.ForeignKeyConstraint(["filed_by"], ["persons.id"], name=op.f("fk_yearly_audits_filed_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_yearly_audits_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_yearly_audits_school_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["persons.id"], name=op.f("fk_yearly_audits_signed_by")),
        sa.ForeignKeyConstraint(["submitted_by"], ["persons.id"], name=op.f("fk_yearly_audits_submitted_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_yearly_audits_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_audits")),
        sa.UniqueConstraint("county_id", "year", "version_no", name=op.f("uq_yearly_audits_county_id_year_version_no")),
        sa.UniqueConstraint("ref", name=op.f("uq_yearly_audits_ref")),
    )
    op.create_index(op.f("ix_yearly_audits_county_id"), "yearly_audits", ["county_id"], unique=False)
    op.create_index(op.f("ix_yearly_audits_school_id"), "yearly_audits", ["school_id"], unique=False)
    op.create_index(op.f("ix_yearly_audits_state"), "yearly_audits", ["state"], unique=False)
    op.create_index(
        "uq_yearly_audits_held",
        "yearly_audits",
        ["county_id", "year"],
        unique=True,
        postgresql_where=sa.text("state in ('signed', 'filed')"),
    )
    op.create_index(
        "uq_yearly_audits_open",
        "yearly_audits",
        ["county_id", "year"],
        unique=True,
        postgresql_where=sa.text("state in ('draft', 'returned', 'submitted')"),
    )

    protect("yearly_audits", "yearly", outside_act=False)
    op.execute(KEEP)
    op.execute(THEIRS)
    BEFORE._wall(SHOWN, ADDED)


def downgrade() -> None:
    """Drop them again."""
    BEFORE._wall(BEFORE.SHOWN, BEFORE.ADDED)
    op.execute(BEFORE.THEIRS)
    op.drop_table("yearly_audits")
    op.execute("drop function keep_audit()")

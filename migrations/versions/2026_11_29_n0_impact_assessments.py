"""Impact assessments: kept for ever, in force one at a time; a round of consent and a campaign begin under one alone."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_n0_impact_assessments"
down_revision = "2026_11_29_p2_findings_of_files"
branch_labels = None
depends_on = None

TABLE = "impact_assessments"
REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
TARGETS = {"county_id": "units.id", "school_id": "units.id", "unit_id": "units.id", "owner_id": "persons.id",
           "submitted_by": "persons.id", "approved_by": "persons.id"}  # fmt: skip
THEIRS = "(entity = 'impact_assessments' and county_id = (select ctx.home()) and (select ctx.holds('protection')))"
LINKED = ("consent_rounds", "screening_campaigns")
KEEP = """
create function keep_assessment() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' then
        raise exception 'Impact assessments are kept: they are not deleted.' using errcode = 'check_violation';
    end if;
    if old.state not in ('draft', 'returned') and
        (new.subject, new.kind, new.version_no, new.necessity, new.risks, new.measures, new.conclusion, new.risk,
         new.review_on, new.file_sha256, new.owner_id)
        is distinct from
        (old.subject, old.kind, old.version_no, old.necessity, old.risks, old.measures, old.conclusion, old.risk,
         old.review_on, old.file_sha256, old.owner_id) then
        raise exception 'An impact assessment that was submitted is not changed: write a new version.'
            using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
REQUIRE = """
create function require_assessment() returns trigger language plpgsql as $$
declare wanted text := 'screening';
begin
    if tg_table_name = 'consent_rounds' then
        wanted := new.purpose;
    end if;
    if not exists (select from impact_assessments a where a.id = new.assessment_id and a.county_id = new.county_id
                   and a.kind = 'purpose' and a.subject = wanted and a.state = 'active') then
        raise exception 'No impact assessment of this purpose is in force.' using errcode = 'check_violation';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    """The table with its wall, its clocks, and what cannot begin without it."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=REF, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("recipient_kind", sa.String(length=12), nullable=True),
        sa.Column("version_no", sa.SmallInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("necessity", "risks", "measures", "conclusion")),
        sa.Column("risk", sa.String(length=8), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        *_checks(),
        *(sa.ForeignKeyConstraint([col], [to], name=op.f(f"fk_{TABLE}_{col}")) for col, to in TARGETS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
        sa.UniqueConstraint(
            "county_id", "kind", "subject", "version_no", name=op.f(f"uq_{TABLE}_county_id_kind_subject_version_no")
        ),
    )
    for column in ("county_id", "school_id", "state"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column], unique=False)
    op.create_index(
        "uq_impact_assessments_active", TABLE, ["county_id", "kind", "subject"], unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )  # fmt: skip
    protect(TABLE, "assessments")
    _clocks()
    op.execute(KEEP)
    op.execute(
        f"create trigger keep_row before update or delete on {TABLE} for each row execute function keep_assessment()"
    )
    op.execute(f"create trigger keep_all before truncate on {TABLE} execute function keep_assessment()")
    for table in LINKED:
        op.add_column(table, sa.Column("assessment_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_assessment_id"), table, TABLE, ["assessment_id"], ["id"])
    op.execute(REQUIRE)
    op.execute(
        "create trigger assessed before insert on consent_rounds for each row execute function require_assessment()"
    )
    op.execute(
        "create trigger assessed before update of state on screening_campaigns for each row"
        " when (new.state = 'submitted' and old.state <> 'submitted') execute function require_assessment()"
    )
    op.execute(
        "create trigger assessed_at_once before insert on screening_campaigns for each row"
        " when (new.state not in ('draft', 'returned', 'cancelled')) execute function require_assessment()"
    )


def _checks() -> list[sa.CheckConstraint]:
    told = {
        "kind": "kind in ('purpose', 'recipient')",
        "recipient": "(kind = 'recipient') = (recipient_kind is not null)",
        "risk": "risk in ('low', 'medium', 'high')",
        "in_force": "state <> 'active' or (file_sha256 is not null and risk <> 'high' and approved_by is not null)",
        "four_eyes": "approved_by is null or (approved_by <> owner_id and approved_by <> submitted_by)",
    }
    return [sa.CheckConstraint(said, name=op.f(f"ck_{TABLE}_{name}")) for name, said in told.items()]


def _clocks() -> None:
    op.execute(f"create policy assessments_shown on deadlines for select using {THEIRS}")
    op.execute(
        f"create policy assessments_added on deadlines for insert with check ({THEIRS} and (select ctx.act()) is not null)"
    )
    op.execute(
        f"create policy assessments_changed on deadlines for update using {THEIRS}"
        f" with check ({THEIRS} and (select ctx.act()) is not null)"
    )


def downgrade() -> None:
    """Without assessments."""
    for table in LINKED:
        op.execute(f"drop trigger assessed on {table}")
        op.execute(f"alter table {table} drop constraint fk_{table}_assessment_id")
        op.drop_column(table, "assessment_id")
    op.execute("drop trigger assessed_at_once on screening_campaigns")
    op.execute("drop function require_assessment()")
    for policy in ("assessments_shown", "assessments_added", "assessments_changed"):
        op.execute(f"drop policy {policy} on deadlines")
    op.drop_table(TABLE)
    op.execute("drop function keep_assessment()")

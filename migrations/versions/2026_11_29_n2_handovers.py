"""What is given to a hospital or another recipient: by field, with a basis and a second person."""

from importlib import import_module

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_29_n2_handovers"
down_revision = "2026_11_29_n1_emergency_notices"
branch_labels = None
depends_on = None

TABLE = "handovers"
REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
TARGETS = {"county_id": "units.id", "school_id": "units.id", "unit_id": "units.id", "owner_id": "persons.id",
           "student_id": "students.id", "assessment_id": "impact_assessments.id", "submitted_by": "persons.id",
           "approved_by": "persons.id"}  # fmt: skip
CHECKS = {
    "basis": "basis in ('consent', 'emergency', 'duty')",
    "grounds": (
        "state not in ('submitted', 'approved', 'handed') or case when basis = 'consent'"
        " then consent_sha256 is not null and signed_on is not null else reason_sealed is not null end"
    ),
    "approved": (
        "state not in ('approved', 'handed') or (approved_by is not null and packet_sealed is not null"
        " and packet_sha256 is not null)"
    ),
    "four_eyes": "approved_by is null or (approved_by <> owner_id and approved_by <> submitted_by)",
}
WALL = import_module("migrations.versions.2026_11_29_p1_wall_of_clocks")
ASSESSED = import_module("migrations.versions.2026_11_29_n0_impact_assessments")
NOTICES = import_module("migrations.versions.2026_11_29_n1_emergency_notices")
THEIRS = """
create or replace function ctx.clock_is_theirs(entity text, record uuid, county uuid) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$
begin
    case entity
    when 'citizen_letters' then return exists (select from public.citizen_letters l where l.id = record);
    when 'rights_requests' then return county = ctx.home() and ctx.holds('requests');
    when 'impact_assessments' then return county = ctx.home() and ctx.holds('protection');
    when 'break_glass', 'identity_grants', 'emergency_notices', 'handovers'
    then return county = ctx.home() and ctx.holds('register');
    else return false;
    end case;
end $$
"""
SHOWN = (
    f"({WALL.UNIT} or (entity in ('citizen_letters', 'rights_requests', 'break_glass', 'identity_grants',"
    f" 'impact_assessments', 'emergency_notices', 'handovers') and {WALL.THEIRS}))"
)
ADDED = f"({WALL.UNIT} or (entity in ('citizen_letters', 'impact_assessments') and {WALL.THEIRS}))"
GATE = """
create function require_recipient() returns trigger language plpgsql as $$
begin
    if not exists (select from impact_assessments a where a.id = new.assessment_id and a.county_id = new.county_id
                   and a.kind = 'recipient' and a.state = 'active') then
        raise exception 'No impact assessment of this recipient is in force.' using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
KEEP = """
create function keep_packet() returns trigger language plpgsql as $$
begin
    raise exception 'What was approved or handed over is not changed.' using errcode = 'check_violation';
end $$
"""


def upgrade() -> None:
    """The table, its wall, its clocks in the one wall of all clocks, and the gate."""
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
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("student_agreed", sa.Boolean(), nullable=False),
        sa.Column("consent_sha256", sa.String(length=64), nullable=True),
        sa.Column("consent_name", sa.String(length=200), nullable=True),
        sa.Column("consent_type", sa.String(length=100), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("packet_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("packet_sha256", sa.String(length=64), nullable=True),
        *(sa.CheckConstraint(said, name=op.f(f"ck_{TABLE}_{name}")) for name, said in CHECKS.items()),
        *(sa.ForeignKeyConstraint([col], [to], name=op.f(f"fk_{TABLE}_{col}")) for col, to in TARGETS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
    )
    for column in ("county_id", "school_id", "state", "student_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column], unique=False)
    protect(TABLE, "register")
    _clocks()
    op.execute(GATE)
    op.execute(KEEP)
    op.execute(
        f"create trigger gate before insert or update of state on {TABLE} for each row"
        " when (new.state in ('submitted', 'approved', 'handed')) execute function require_recipient()"
    )
    op.execute(
        f"create trigger keep_approved before update on {TABLE} for each row when (old.state in ('approved', 'handed') and"
        " (new.fields, new.assessment_id, new.student_id, new.packet_sha256, new.basis, new.consent_sha256, new.approved_by)"
        " is distinct from"
        " (old.fields, old.assessment_id, old.student_id, old.packet_sha256, old.basis, old.consent_sha256, old.approved_by))"
        " execute function keep_packet()"
    )
    op.execute(
        f"create trigger keep_handed before delete on {TABLE} for each row when (old.state = 'handed')"
        " execute function keep_packet()"
    )


def _wall(shown: str, added: str) -> None:
    op.execute(f"alter policy shown on deadlines using ({shown})")
    op.execute(f"alter policy added on deadlines with check ({added} and {WALL.INSIDE})")
    op.execute(f"alter policy changed on deadlines using ({shown}) with check ({shown} and {WALL.INSIDE})")


def _clocks() -> None:
    """Assessments, notices and handovers stand in the function that answers for every clock, not in policies of their own."""
    op.execute(THEIRS)
    _wall(SHOWN, ADDED)
    for policy in ("assessments_shown", "assessments_added", "assessments_changed", "notices_shown"):
        op.execute(f"drop policy {policy} on deadlines")


def downgrade() -> None:
    """Without handovers."""
    ASSESSED._clocks()
    op.execute(f"create policy notices_shown on deadlines for select using {NOTICES.THEIRS}")
    _wall(WALL.SHOWN, WALL.ADDED)
    op.execute(
        WALL.RULES.partition(";\ncreate function")[0]
        .strip()
        .replace("create function", "create or replace function", 1)
    )
    op.drop_table(TABLE)
    op.execute("drop function require_recipient()")
    op.execute("drop function keep_packet()")

"""How long data are kept, what is due, what holds it, and the batches that erase it; a batch alone passes the walls of what only grows."""

from importlib import import_module

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import APP, protect

revision = "2026_11_30_x0_retention"
down_revision = "2026_11_30_w1_issued_feedback"
branch_labels = None
depends_on = None

REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
NOW = sa.text("now()")
PERIODS, HOLDS, BATCHES, DUE = "retention_periods", "retention_holds", "purge_batches", "retention_due"
TARGETS = {
    PERIODS: ("unit_id", "owner_id", "approved_by"),
    HOLDS: ("placed_by", "lifted_by"),
    BATCHES: ("unit_id", "proposed_by", "approved_by"),
    DUE: ("batch_id",),
}
UNITS, OF_BATCHES = ("county_id", "school_id", "unit_id"), ("batch_id",)
CHECKS = {
    PERIODS: {
        "years": "years between 1 and 50",
        "in_force": "state <> 'active' or (approved_by is not null and from_on is not null)",
        "four_eyes": "approved_by is null or approved_by <> owner_id",
    },
    HOLDS: {"ground": "ground in ('legal', 'case', 'other')"},
    BATCHES: {
        "two": "state not in ('approved', 'done') or (proposed_by is not null and approved_by is not null)",
        "four_eyes": "approved_by is null or approved_by <> proposed_by",
    },
    DUE: {},
}
WALL = import_module("migrations.versions.2026_11_29_p1_wall_of_clocks")
BEFORE = import_module("migrations.versions.2026_11_30_r1_yearly_audits")
NEW = ("retention_periods", "purge_batches")
MORE = "'impact_assessments', 'retention_periods', 'purge_batches'"
THEIRS, SHOWN, ADDED = (
    one.replace("'impact_assessments'", MORE, 1) for one in (BEFORE.THEIRS, BEFORE.SHOWN, BEFORE.ADDED)
)
PURGES = """
create function ctx.purges() returns boolean language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return ctx.is_system() and ctx.act() is not null and exists (
        select from public.purge_batches b
        where b.id::text = current_setting('bihuan.purge', true) and b.state = 'approved');
end $$
"""
ONLY_GROWS = ("consent_answers", "rainbow_computations")
REFUSE = """
create function refuse_erasure() returns trigger language plpgsql as $$
begin
    raise exception 'permission denied: rows of % go with an approved erasure alone', tg_table_name
        using errcode = 'insufficient_privilege';
end $$
"""
KEEP_HANDED = "create trigger keep_handed before delete on handovers for each row when ({condition}) execute function keep_packet()"


def _movable() -> list[sa.Column]:
    return [
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
    ]


def _table(name: str, *columns: sa.Column, versioned: bool = True, unique: tuple[str, ...] = ()) -> None:
    """A table of the county with its references, checks, indexes and wall."""
    refs = [("county_id", "units.id"), ("school_id", "units.id")]
    refs += [
        (one, "units.id" if one in UNITS else f"{BATCHES}.id" if one in OF_BATCHES else "persons.id")
        for one in TARGETS[name]
    ]
    version = [sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)] if versioned else []
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=REF, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        *version,
        *columns,
        *(sa.CheckConstraint(said, name=op.f(f"ck_{name}_{code}")) for code, said in CHECKS[name].items()),
        *(sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{name}_{column}")) for column, to in refs),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{name}_ref")),
        *([sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}"))] if unique else []),
    )
    for column in ("county_id", "school_id", *(["state"] if name in NEW else [])):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)
    protect(name, "assessments" if name == PERIODS else "purges")


def upgrade() -> None:
    """Four tables, their clocks, and the one lawful way past the walls of what only grows."""
    _table(
        PERIODS, *_movable(), sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("class_code", sa.String(length=20), nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False), sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True), sa.Column("from_on", sa.Date(), nullable=True),
    )  # fmt: skip
    op.create_index(
        "uq_retention_periods_one", PERIODS, ["county_id", "class_code", "state"], unique=True,
        postgresql_where=sa.text("state in ('active', 'proposed')"),
    )  # fmt: skip
    _table(
        HOLDS, sa.Column("class_code", sa.String(length=20), nullable=True),
        sa.Column("entity", sa.String(length=40), nullable=True), sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("ground", sa.String(length=10), nullable=False), sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False), sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True), sa.Column("lifted_by", sa.Uuid(), nullable=True),
    )  # fmt: skip
    _batches()
    _clocks(THEIRS, SHOWN, ADDED)
    op.execute(PURGES)
    op.execute("revoke all on function ctx.purges() from public")
    op.execute(f"grant execute on function ctx.purges() to {APP}")
    op.execute(REFUSE)
    for table in ONLY_GROWS:
        op.execute(f"grant delete on {table} to {APP}")
        op.execute(
            f"create trigger lawful_erasure before delete on {table} for each row when (not ctx.purges())"
            " execute function refuse_erasure()"
        )
    op.execute("drop trigger keep_handed on handovers")
    op.execute(KEEP_HANDED.format(condition="old.state = 'handed' and not ctx.purges()"))


def _batches() -> None:
    text_list, nothing = postgresql.JSONB(), sa.text("0")
    _table(
        BATCHES, *_movable(), sa.Column("class_code", sa.String(length=20), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True), sa.Column("proposed_on", sa.Date(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True), sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("total", sa.Integer(), server_default=nothing, nullable=False),
        sa.Column("done", sa.Integer(), server_default=nothing, nullable=False),
        sa.Column("erased", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("digest", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("files", text_list, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("carried_on", sa.Date(), nullable=True),
        sa.Column("protocol_sha256", sa.String(length=64), nullable=True),
        sa.Column("protocol_name", sa.String(length=200), nullable=True),
    )  # fmt: skip
    op.create_index(
        "uq_purge_batches_open", BATCHES, ["county_id", "class_code"], unique=True,
        postgresql_where=sa.text("state in ('due', 'proposed', 'approved')"),
    )  # fmt: skip
    _table(
        DUE, sa.Column("class_code", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False), sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("hold", sa.String(length=10), server_default=sa.text("''"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        versioned=False, unique=("class_code", "subject_id"),
    )  # fmt: skip
    op.create_index("ix_retention_due_batch", DUE, ["batch_id", "id"])


def _clocks(theirs: str, shown: str, added: str) -> None:
    op.execute(theirs)
    op.execute(f"alter policy shown on deadlines using ({shown})")
    op.execute(f"alter policy added on deadlines with check ({added} and {WALL.INSIDE})")
    op.execute(f"alter policy changed on deadlines using ({shown}) with check ({shown} and {WALL.INSIDE})")


def downgrade() -> None:
    """Everything is kept for ever again."""
    op.execute("drop trigger keep_handed on handovers")
    op.execute(KEEP_HANDED.format(condition="old.state = 'handed'"))
    for table in ONLY_GROWS:
        op.execute(f"drop trigger lawful_erasure on {table}")
        op.execute(f"revoke delete on {table} from {APP}")
    op.execute("drop function refuse_erasure()")
    op.execute("drop function ctx.purges()")
    _clocks(BEFORE.THEIRS, BEFORE.SHOWN, BEFORE.ADDED)
    for table in (DUE, BATCHES, HOLDS, PERIODS):
        op.drop_table(table)

"""A clock keeps its own ladder: a step that starts one writes one row instead of seven, the sweep reads one index."""

from importlib import import_module

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_30_v0_ladders"
down_revision = "2026_11_30_u2_visit_subjects"
branch_labels = None
depends_on = None

KEPT = """
update deadlines d set ladder = r.ladder, taken = r.taken, next_at = r.next_at
from (select deadline_id, jsonb_agg(jsonb_build_array(name, at, roles) order by at, id) as ladder,
          count(done_at) as taken, min(at) filter (where done_at is null) as next_at
      from deadline_rungs group by deadline_id) r
where r.deadline_id = d.id
"""
LAID_OUT = """
insert into deadline_rungs (deadline_id, name, roles, at, done_at)
select d.id, r->>0, r->2, (r->>1)::timestamptz, case when n <= d.taken then greatest(d.started_at, (r->>1)::timestamptz) end
from deadlines d, jsonb_array_elements(d.ladder) with ordinality as x(r, n) order by d.id, n
"""
# Runs with the rights of whoever calls it, as before.
KEEP = """
create or replace function keep_deed(writes jsonb, entries jsonb) returns bigint language plpgsql as $$
declare
    w jsonb; moment timestamptz;
begin
    for i in 0 .. jsonb_array_length(writes) - 1 loop
        w := writes->i;
        moment := w->>'now';
        case w->>'do'
        when 'post' then
            insert into outbox (kind, queue, entity, record_id, county_id, data, posted_at, due_at)
            values (w->>'kind', w->>'queue', w->>'entity', (w->>'record')::uuid, (w->>'county')::uuid, w->'data',
                    moment, (w->>'due_at')::timestamptz);
        when 'leave' then
            update deadlines set closed_at = moment
            where entity = w->>'entity' and record_id = (w->>'record')::uuid and closed_at is null
              and starts_with(name, w->>'names');
        when 'pause' then
            update deadlines set paused_at = moment
            where entity = w->>'entity' and record_id = (w->>'record')::uuid and closed_at is null;
        when 'start' then
            insert into deadlines (id, ref, created_at, entity, record_id, unit_id, county_id, school_id, name, met_by,
                started_at, due_at, ladder, taken, next_at)
            values ((w->>'id')::uuid, w->>'ref', moment, w->>'entity', (w->>'record_id')::uuid, (w->>'unit_id')::uuid,
                    (w->>'county_id')::uuid, (w->>'school_id')::uuid, w->>'name', w->>'met_by',
                    (w->>'started_at')::timestamptz, (w->>'due_at')::timestamptz, w->'ladder', (w->>'taken')::int,
                    (w->>'next_at')::timestamptz);
        end case;
    end loop;
    if jsonb_array_length(entries) = 0 then return null; end if;
    if jsonb_array_length(entries) = 1 then
        return audit.append(array[entries->0->>0], array[entries->0->>1], array[entries->0->2]);
    end if;
    return audit.append(
        array(select e->>0 from jsonb_array_elements(entries) with ordinality as x(e, n) order by n),
        array(select e->>1 from jsonb_array_elements(entries) with ordinality as x(e, n) order by n),
        array(select e->2 from jsonb_array_elements(entries) with ordinality as x(e, n) order by n));
end $$;
"""


def upgrade() -> None:
    """The ladder of every clock goes into its row, taken as far as it was."""
    op.add_column(
        "deadlines",
        sa.Column("ladder", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column("deadlines", sa.Column("taken", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("deadlines", sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("alter table deadlines disable trigger refuse_writes_outside_act")
    op.execute("alter table deadlines no force row level security")
    op.execute(KEPT)
    op.execute("alter table deadlines force row level security")
    op.execute("alter table deadlines enable trigger refuse_writes_outside_act")
    op.drop_table("deadline_rungs")
    op.create_index("ix_deadlines_next", "deadlines", ["next_at"], postgresql_where=sa.text("closed_at is null"))
    op.execute(KEEP)


def downgrade() -> None:
    """A row for every rung again."""
    op.create_table(
        "deadline_rungs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deadline_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_deadline_rungs_deadline_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_rungs")),
        sa.UniqueConstraint("deadline_id", "name", name=op.f("uq_deadline_rungs_deadline_id_name")),
    )
    op.create_index("ix_deadline_rungs_at", "deadline_rungs", ["at"], postgresql_where=sa.text("done_at is null"))
    op.execute("alter table deadlines no force row level security")
    op.execute(LAID_OUT)
    op.execute("alter table deadlines force row level security")
    protect("deadline_rungs", None, outside_act=False)
    op.execute(import_module("migrations.versions.2026_11_29_g1_entry_columns").KEEP)
    op.drop_index("ix_deadlines_next", "deadlines")
    for name in ("next_at", "taken", "ladder"):
        op.drop_column("deadlines", name)

"""What a deed leaves behind beside its record (clocks, letters, entries of the trail) is kept in one statement."""

from alembic import op

revision = "2026_11_29_95_one_deed"
down_revision = "2026_11_29_92_showcase"
branch_labels = None
depends_on = None

# Runs with the rights of whoever calls it: the walls around deadlines stand as they do for single statements. The entries
# come last, because audit.append takes the lock of the chain.
KEEP = """
create function keep_deed(writes jsonb, entries jsonb) returns bigint language plpgsql as $$
declare
    w jsonb; clock uuid;
begin
    for w in select e from jsonb_array_elements(writes) with ordinality as x(e, n) order by n loop
        case w->>'do'
        when 'post' then
            insert into outbox (kind, queue, entity, record_id, county_id, data, posted_at, due_at)
            values (w->>'kind', w->>'queue', w->>'entity', (w->>'record')::uuid, (w->>'county')::uuid, w->'data',
                    (w->>'now')::timestamptz, (w->>'due_at')::timestamptz);
        when 'leave' then
            update deadlines set closed_at = (w->>'now')::timestamptz
            where record_id = (w->>'record')::uuid and closed_at is null and starts_with(name, w->>'names');
        when 'pause' then
            update deadlines set paused_at = (w->>'now')::timestamptz
            where record_id = (w->>'record')::uuid and closed_at is null;
        when 'start' then
            clock := (w->>'id')::uuid;
            insert into deadlines (id, ref, created_at, entity, record_id, unit_id, county_id, school_id, name, met_by,
                started_at, due_at)
            values (clock, w->>'ref', (w->>'now')::timestamptz, w->>'entity', (w->>'record')::uuid, (w->>'unit')::uuid,
                    (w->>'county')::uuid, (w->>'school')::uuid, w->>'name', w->>'met_by', (w->>'now')::timestamptz,
                    (w->>'due_at')::timestamptz);
            insert into deadline_rungs (deadline_id, name, at, roles, done_at)
            select clock, r->>0, (r->>1)::timestamptz, r->2,
                   case when (r->>1)::timestamptz < (w->>'now')::timestamptz then (w->>'now')::timestamptz end
            from jsonb_array_elements(w->'rungs') with ordinality as x(r, n) order by n;
        end case;
    end loop;
    if jsonb_array_length(entries) = 0 then return null; end if;
    return audit.append(
        array(select e->>0 from jsonb_array_elements(entries) with ordinality as x(e, n) order by n),
        array(select e->>1 from jsonb_array_elements(entries) with ordinality as x(e, n) order by n),
        array(select e->2 from jsonb_array_elements(entries) with ordinality as x(e, n) order by n));
end $$;
revoke all on function keep_deed(jsonb, jsonb) from public;
grant execute on function keep_deed(jsonb, jsonb) to bihuan_app;
"""


def upgrade() -> None:
    """The function."""
    op.execute(KEEP)


def downgrade() -> None:
    """Without it."""
    op.execute("drop function keep_deed(jsonb, jsonb)")

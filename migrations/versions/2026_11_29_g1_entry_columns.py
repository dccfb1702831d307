"""What a deed leaves behind costs the database half: an entry's body is parsed once, lists are walked without questions."""

from importlib import import_module

from alembic import op

revision = "2026_11_29_g1_entry_columns"
down_revision = "2026_11_29_g0_terse_context"
branch_labels = None
depends_on = None

# Eleven generated columns had the body parsed eleven times, and eleven expressions made ready for every entry. Now
# audit.append fills them, a trigger fills them for whoever else may insert (a restore, a load by COPY), and a constraint of
# the table holds them to the body, also where triggers are switched off.
COLUMNS = {
    "at": ("timestamptz", "audit.moment(said->>'at')"),
    "kind": ("text", "said->>'kind'"),
    "step": ("text", "said->>'step'"),
    "entity": ("text", "said->>'entity'"),
    "record_id": ("uuid", "(said->>'record')::uuid"),
    "person_id": ("uuid", "(said->>'person')::uuid"),
    "role": ("text", "said->>'role'"),
    "from_state": ("text", "said->>'from'"),
    "to_state": ("text", "said->>'to'"),
    "county_id": ("uuid", "(said->>'county')::uuid"),
    "school_id": ("uuid", "(said->>'school')::uuid"),
}
GIVEN = ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
EQUAL = " and ".join(f"{asked} is not distinct from agrees.{name}" for name, (_, asked) in COLUMNS.items())
NAMES, ASKED = ", ".join(COLUMNS), ", ".join(asked for _, asked in COLUMNS.values())
FILLED = " ".join(f"new.{name} := {asked};" for name, (_, asked) in COLUMNS.items())
PLAIN = ", ".join(f"alter column {name} drop expression if exists" for name in COLUMNS)
AGREES = f"""
create or replace function audit.agrees(body text, {GIVEN}) returns boolean language plpgsql immutable
    set search_path = pg_catalog, pg_temp as $$
declare said jsonb := body;
begin
    return {EQUAL};
end $$;
create or replace function audit.read_body() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare said jsonb := new.body;
begin
    {FILLED}
    return new;
end $$;
revoke all on function audit.agrees, audit.read_body from public;
"""


APPEND = """
create or replace function audit.append(bodies text[], reasons text[], changes jsonb[]) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
declare
    last_seq bigint; last_hash bytea; first_seq bigint; digest bytea; said jsonb;
begin
    perform pg_advisory_xact_lock(771102026);
    select e.seq, e.hash into last_seq, last_hash from audit.entries e order by e.seq desc limit 1;
    if not found then last_seq := 0; last_hash := sha256('bihuan'::bytea); end if;
    first_seq := last_seq + 1;
    for i in 1 .. array_length(bodies, 1) loop
        last_seq := last_seq + 1;
        digest := sha256(last_hash || convert_to(last_seq::text || E'\\n' || bodies[i], 'UTF8'));
        {inserted}
        if reasons[i] is not null or changes[i] <> '{{}}'::jsonb then
            insert into audit.details (seq, reason, changes) values (last_seq, reasons[i], changes[i]);
        end if;
        last_hash := digest;
    end loop;
    return first_seq;
end $$;
"""
AT_ONCE = f"""said := bodies[i];
        insert into audit.entries (seq, previous, hash, body, {NAMES})
        values (last_seq, last_hash, digest, bodies[i], {ASKED});"""
BARE = "insert into audit.entries (seq, previous, hash, body) values (last_seq, last_hash, digest, bodies[i]);"

# Runs with the rights of whoever calls it, as before.
KEEP = """
create or replace function keep_deed(writes jsonb, entries jsonb) returns bigint language plpgsql as $$
declare
    w jsonb; clock uuid; moment timestamptz;
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
            clock := w->>'id';
            insert into deadlines (id, ref, created_at, entity, record_id, unit_id, county_id, school_id, name, met_by,
                started_at, due_at)
            values (clock, w->>'ref', moment, w->>'entity', (w->>'record')::uuid, (w->>'unit')::uuid,
                    (w->>'county')::uuid, (w->>'school')::uuid, w->>'name', w->>'met_by', moment,
                    (w->>'due_at')::timestamptz);
            if jsonb_array_length(w->'rungs') > 0 then
                insert into deadline_rungs (deadline_id, name, at, roles, done_at)
                select clock, r->>0, (r->>1)::timestamptz, r->2, case when (r->>1)::timestamptz < moment then moment end
                from jsonb_array_elements(w->'rungs') with ordinality as x(r, n) order by n;
            end if;
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
    """Plain columns, the trigger, the constraint; every entry that is there already is held against it."""
    op.execute(AGREES)
    op.execute(f"alter table audit.entries {PLAIN}")
    op.execute("drop trigger if exists read_body on audit.entries")
    op.execute(
        "create trigger read_body before insert on audit.entries for each row when (new.kind is null)"
        " execute function audit.read_body()"
    )
    op.execute("alter table audit.entries drop constraint if exists columns_say_what_the_body_says")
    op.execute(
        "alter table audit.entries add constraint columns_say_what_the_body_says"
        f" check (audit.agrees(body, {', '.join(COLUMNS)}))"
    )
    op.execute(APPEND.format(inserted=AT_ONCE))
    op.execute(KEEP)


def downgrade() -> None:
    """Entries are added as before, by their body alone; the trigger fills their columns.

    Those stay plain: a column becomes generated only by being dropped, and the trail only grows.
    """
    op.execute(APPEND.format(inserted=BARE))
    before = import_module("migrations.versions.2026_11_29_95_one_deed").KEEP
    op.execute(before.replace("create function", "create or replace function"))

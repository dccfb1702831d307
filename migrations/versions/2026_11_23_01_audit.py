"""The signed context that row-level security reads, and the audit chain that nobody can rewrite unseen."""

from alembic import op

revision = "2026_11_23_01_audit"
down_revision = None
branch_labels = None
depends_on = None

APP, READER = "bihuan_app", "bihuan_audit_reader"

CONTEXT = """
create schema ctx;
create table ctx.secret (
    sole boolean primary key default true check (sole),
    secret bytea not null check (length(secret) between 16 and 64),
    inner_pad bytea, outer_pad bytea
);
create function ctx.make_pads() returns trigger language plpgsql as $$
begin
    new.inner_pad := decode(repeat('36', 64), 'hex');
    new.outer_pad := decode(repeat('5c', 64), 'hex');
    for i in 0 .. length(new.secret) - 1 loop
        new.inner_pad := set_byte(new.inner_pad, i, get_byte(new.secret, i) # 54);
        new.outer_pad := set_byte(new.outer_pad, i, get_byte(new.secret, i) # 92);
    end loop;
    return new;
end $$;
create trigger make_pads before insert or update on ctx.secret for each row execute function ctx.make_pads();

create function ctx.claims() returns jsonb language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp as $$
declare
    token text := current_setting('bihuan.context', true);
    body text; keys ctx.secret%rowtype; claims jsonb;
begin
    if token is null or length(token) < 66 then return null; end if;
    body := left(token, -65);
    select * into keys from ctx.secret;
    if encode(sha256(keys.outer_pad || sha256(keys.inner_pad || convert_to(body, 'UTF8'))), 'hex')
        is distinct from right(token, 64) then return null; end if;
    claims := body::jsonb;
    if (claims->>'pid')::int is distinct from pg_backend_pid()
        or (claims->>'exp')::bigint < extract(epoch from clock_timestamp()) then return null; end if;
    return claims;
end $$;

create function ctx.counties() returns uuid[] language sql stable security definer set search_path = pg_catalog, pg_temp as
$$ select array(select jsonb_array_elements_text(c->'counties')::uuid) from ctx.claims() c where c is not null $$;
create function ctx.schools() returns uuid[] language sql stable security definer set search_path = pg_catalog, pg_temp as
$$ select array(select jsonb_array_elements_text(c->'schools')::uuid) from ctx.claims() c where c is not null $$;
create function ctx.holds(class text) returns boolean language sql stable security definer
    set search_path = pg_catalog, pg_temp as
$$ select coalesce((ctx.claims()->'classes') ? class, false) $$;
create function ctx.is_system() returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp as
$$ select coalesce((ctx.claims()->>'system')::boolean, false) $$;
create function ctx.act() returns uuid language sql stable security definer set search_path = pg_catalog, pg_temp as
$$ select (ctx.claims()->>'act')::uuid $$;
create function ctx.home() returns uuid language sql stable security definer set search_path = pg_catalog, pg_temp as
$$ select (ctx.claims()->>'home')::uuid $$;
create function ctx.actor() returns uuid language sql stable security definer set search_path = pg_catalog, pg_temp as
$$ select (ctx.claims()->>'actor')::uuid $$;

create function ctx.refuse_outside_act() returns trigger language plpgsql as $$
begin
    if (select ctx.act()) is null then
        raise exception 'no act is open: % on % refused', tg_op, tg_table_name using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
"""

AUDIT = """
create schema audit;
create function audit.moment(milliseconds text) returns timestamptz language sql immutable parallel safe as
$$ select to_timestamp(milliseconds::double precision / 1000) $$;
create table audit.entries (
    seq bigint primary key,
    previous bytea not null,
    hash bytea not null,
    body text not null,
    at timestamptz generated always as (audit.moment(body::jsonb->>'at')) stored,
    kind text generated always as (body::jsonb->>'kind') stored,
    step text generated always as (body::jsonb->>'step') stored,
    entity text generated always as (body::jsonb->>'entity') stored,
    record_id uuid generated always as ((body::jsonb->>'record')::uuid) stored,
    person_id uuid generated always as ((body::jsonb->>'person')::uuid) stored,
    role text generated always as (body::jsonb->>'role') stored,
    from_state text generated always as (body::jsonb->>'from') stored,
    to_state text generated always as (body::jsonb->>'to') stored,
    county_id uuid generated always as ((body::jsonb->>'county')::uuid) stored,
    school_id uuid generated always as ((body::jsonb->>'school')::uuid) stored,
    written_at timestamptz not null default clock_timestamp()
);
create index ix_entries_record on audit.entries (record_id, seq);
create index ix_entries_person on audit.entries (person_id, seq);
create index ix_entries_kind on audit.entries (kind, seq);

create table audit.details (
    seq bigint primary key references audit.entries (seq),
    reason text,
    changes jsonb not null default '{}'
);

create function audit.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail only grows: % refused', tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger only_grows before update or delete or truncate on audit.entries
    for each statement execute function audit.refuse_change();
create trigger only_grows before update or delete or truncate on audit.details
    for each statement execute function audit.refuse_change();

create function audit.append(bodies text[], reasons text[], changes jsonb[]) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
declare
    last_seq bigint; last_hash bytea; first_seq bigint; digest bytea;
begin
    perform pg_advisory_xact_lock(771102026);
    select e.seq, e.hash into last_seq, last_hash from audit.entries e order by e.seq desc limit 1;
    if not found then last_seq := 0; last_hash := sha256('bihuan'::bytea); end if;
    first_seq := last_seq + 1;
    for i in 1 .. array_length(bodies, 1) loop
        last_seq := last_seq + 1;
        digest := sha256(last_hash || convert_to(last_seq::text || E'\\n' || bodies[i], 'UTF8'));
        insert into audit.entries (seq, previous, hash, body) values (last_seq, last_hash, digest, bodies[i]);
        if reasons[i] is not null or changes[i] <> '{}'::jsonb then
            insert into audit.details (seq, reason, changes) values (last_seq, reasons[i], changes[i]);
        end if;
        last_hash := digest;
    end loop;
    return first_seq;
end $$;

create function audit.head() returns table (seq bigint, hash bytea) language sql stable security definer
    set search_path = pg_catalog, pg_temp as
$$ select e.seq, e.hash from audit.entries e order by e.seq desc limit 1 $$;

create view audit.transition_log with (security_barrier) as
    select e.seq, e.at, e.step, e.entity, e.record_id, e.person_id, e.role, e.from_state, e.to_state, e.kind,
           d.reason, d.changes
    from audit.entries e left join audit.details d using (seq)
    where e.kind in ('step', 'write', 'system')
      and (e.county_id = any((select ctx.counties())::uuid[]) or e.school_id = any((select ctx.schools())::uuid[])
           or (select ctx.is_system()));
create view audit.access_log with (security_barrier) as
    select e.seq, e.at, e.kind, e.step, e.entity, e.record_id, e.person_id, e.role, e.county_id, e.school_id,
           e.body::jsonb as body
    from audit.entries e where (select ctx.holds('logs')) or (select ctx.is_system()) or e.person_id = (select ctx.actor());
"""

GRANTS = f"""
revoke all on schema ctx from public;
revoke all on all functions in schema ctx from public;
grant usage on schema ctx to {APP};
grant execute on all functions in schema ctx to {APP};
revoke all on schema audit from public;
revoke all on all functions in schema audit from public;
grant usage on schema audit to {APP}, {READER};
grant execute on function audit.append(text[], text[], jsonb[]) to {APP};
grant execute on function audit.head() to {APP}, {READER};
grant select on audit.transition_log, audit.access_log to {APP};
grant select on audit.entries, audit.details to {READER};
revoke create on schema public from public;
grant usage on schema public to {APP}, {READER};
"""


def upgrade() -> None:
    """Schemas ctx and audit."""
    op.execute(CONTEXT)
    op.execute(AUDIT)
    op.execute(GRANTS)


def downgrade() -> None:
    """Both schemas go, with the trail: only an empty database is ever taken this far down."""
    op.execute("drop schema audit cascade")
    op.execute("drop schema ctx cascade")

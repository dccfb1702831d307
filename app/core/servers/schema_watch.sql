-- Every change of the schema is written down where neither the application nor the owner of the tables can reach it.
-- Idempotent; run as a superuser in the product's database, after roles.sql.
create schema if not exists watch;
create table if not exists watch.schema_changes (
    number bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    who text not null default session_user,
    command text not null,
    object text not null
);

create or replace function watch.note_change() returns event_trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as $$
begin
    if tg_event = 'sql_drop' then
        insert into watch.schema_changes (command, object)
        select tg_tag, object_type || ' ' || object_identity from pg_event_trigger_dropped_objects()
        where original and not is_temporary;
    else
        insert into watch.schema_changes (command, object)
        select command_tag, object_type || ' ' || coalesce(object_identity, '') from pg_event_trigger_ddl_commands()
        where schema_name is distinct from 'pg_temp';
    end if;
end $$;

create or replace function watch.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'what was noted stays: % refused', tg_op using errcode = 'insufficient_privilege';
end $$;
create or replace trigger only_grows before update or delete or truncate on watch.schema_changes
    for each statement execute function watch.refuse_change();

revoke all on schema watch from public;
revoke all on all functions in schema watch from public;
grant usage on schema watch to bihuan_audit_reader;
grant select on watch.schema_changes to bihuan_audit_reader;

do $$
begin
    if not exists (select from pg_event_trigger where evtname = 'note_schema_change') then
        create event trigger note_schema_change on ddl_command_end execute function watch.note_change();
        create event trigger note_schema_drop on sql_drop execute function watch.note_change();
    end if;
end $$;

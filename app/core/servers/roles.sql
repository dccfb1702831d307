-- The roles of the product. Idempotent; run as a superuser, once per PostgreSQL server.
-- A real server needs passwords besides: alter role bihuan_app password '…'.
do $$
declare
    name text;
begin
    foreach name in array array['bihuan_owner', 'bihuan_app', 'bihuan_worker', 'bihuan_relay', 'bihuan_audit_reader', 'bihuan_backup'] loop
        if not exists (select from pg_roles where rolname = name) then
            execute format('create role %I', name);
        end if;
    end loop;
end
$$;

-- Owns every table; migrations run as it. Row-level security is forced on it too.
alter role bihuan_owner login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;

-- Web: rows only, and only those that policies show.
alter role bihuan_app login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
alter role bihuan_app set jit = off;
alter role bihuan_app set timezone = 'UTC';
alter role bihuan_app set statement_timeout = '30s';
alter role bihuan_app set lock_timeout = '10s';
alter role bihuan_app set idle_in_transaction_session_timeout = '60s';
alter role bihuan_app set default_transaction_isolation = 'read committed';

-- Workers with the sweep, and the relay: the rights of the web, each under a name of its own, so that the server's log and
-- pg_stat_activity tell who asked, and one of them can be shut out alone.
do $$
declare
    name text;
begin
    foreach name in array array['bihuan_worker', 'bihuan_relay'] loop
        execute format('alter role %I login nosuperuser nocreatedb nocreaterole noreplication nobypassrls inherit', name);
        execute format('grant bihuan_app to %I', name);
        execute format('alter role %I set jit = off', name);
        execute format('alter role %I set timezone = ''UTC''', name);
        execute format('alter role %I set statement_timeout = ''30s''', name);
        execute format('alter role %I set lock_timeout = ''10s''', name);
        execute format('alter role %I set idle_in_transaction_session_timeout = ''60s''', name);
        execute format('alter role %I set default_transaction_isolation = ''read committed''', name);
    end loop;
end
$$;

-- Reads the audit trail, writes nothing.
alter role bihuan_audit_reader login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
alter role bihuan_audit_reader set default_transaction_read_only = on;
alter role bihuan_audit_reader set statement_timeout = '120s';

-- pg_dump: must see every row, changes none.
alter role bihuan_backup login nosuperuser nocreatedb nocreaterole noreplication bypassrls;
alter role bihuan_backup set default_transaction_read_only = on;
grant pg_read_all_data to bihuan_backup;

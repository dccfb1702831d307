"""A result on teachers or students bears no verdict, by plain SQL either; one function asks for all three tables."""

from alembic import op

revision = "2026_11_30_r0_on_schools_alone"
down_revision = "2026_11_30_s1_told_as_before"
branch_labels = None
depends_on = None

# When a verdict is given is said by each trigger; the function asks only on whom.
ON_SCHOOLS = """
create or replace function refuse_verdicts_on_persons() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select 1 from indicators i where i.id = new.indicator_id and i.object_code <> 'school') then
        raise exception 'verdicts are given on schools alone, not on teachers or students' using errcode = '23514';
    end if;
    return new;
end $$;
create or replace trigger on_schools_alone before insert or update on data_findings
    for each row when (new.verdict is not null or new.state in ('confirmed', 'converted'))
    execute function refuse_verdicts_on_persons();
create or replace trigger on_schools_alone before insert or update on effect_evaluations
    for each row when (new.state = 'decided') execute function refuse_verdicts_on_persons();
create trigger on_schools_alone before insert or update of verdict, indicator_id on monitoring_results
    for each row when (new.verdict <> 'none') execute function refuse_verdicts_on_persons();
"""
OF_BEFORE = """update monitoring_results r set verdict = 'none', severity = null from indicators i
    where i.id = r.indicator_id and i.object_code <> 'school' and r.verdict <> 'none'"""
AS_BEFORE = """
drop trigger on_schools_alone on monitoring_results;
create or replace trigger on_schools_alone before insert or update on data_findings
    for each row execute function refuse_verdicts_on_persons();
create or replace trigger on_schools_alone before insert or update on effect_evaluations
    for each row execute function refuse_verdicts_on_persons();
create or replace function refuse_verdicts_on_persons() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare given boolean := case tg_table_name when 'data_findings' then
    to_jsonb(new)->>'verdict' is not null or new.state in ('confirmed', 'converted') else new.state = 'decided' end;
begin
    if given and new.indicator_id is not null
       and exists (select 1 from indicators i where i.id = new.indicator_id and i.object_code <> 'school') then
        raise exception 'verdicts are given on schools alone, not on teachers or students' using errcode = '23514';
    end if;
    return new;
end $$;
"""


def upgrade() -> None:
    """What slipped in by hand is taken back first; the owner passes the walls for it."""
    op.execute("alter table monitoring_results disable trigger refuse_writes_outside_act")
    op.execute("alter table monitoring_results no force row level security")
    op.execute(OF_BEFORE)
    op.execute("alter table monitoring_results force row level security")
    op.execute("alter table monitoring_results enable trigger refuse_writes_outside_act")
    op.execute(ON_SCHOOLS)


def downgrade() -> None:
    """Two tables, each with its own condition in the function."""
    op.execute(AS_BEFORE)

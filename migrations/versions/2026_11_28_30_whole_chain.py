"""A closed item keeps its whole chain: every link is asked for at commit, and again whenever a link is touched."""

from alembic import op

revision = "2026_11_28_30_whole_chain"
down_revision = "2026_11_28_30_value_added"
branch_labels = None
depends_on = None

GAPS = """
create function chain_gaps(item uuid) returns text[] language sql stable as $$
with round as (
    select coalesce(max(l.at), '-infinity') as since from audit.transition_log l
    where l.record_id = item and l.step = 'problem_item.diagnose_again'
), thing as (
    select i.id, i.source_type, i.severity from problem_items i where i.id = item
), plans as (
    select p.id from remediation_plans p, round
    where p.item_id = item and p.created_at >= round.since and p.state in ('active', 'completed', 'archived')
), actions as (
    select a.id, a.owner_id from remediation_actions a
    where a.plan_id in (select id from plans) and a.state = 'completed'
), pieces as (
    select e.id, e.owner_id from evidence e where e.state = 'accepted' and (
        e.action_id in (select id from actions)
        or exists (select 1 from evidence_uses u where u.evidence_id = e.id and u.action_id in (select id from actions)))
), decided as (
    select v.design, v.follow_up_ids from effect_evaluations v, round
    where v.item_id = item and v.state = 'decided' and v.created_at >= round.since
    order by v.created_at desc limit 1
)
select array_remove(array[
    case when thing.source_type = 'monitoring' and not exists (
        select 1 from item_findings f join data_findings d on d.id = f.finding_id
        join monitoring_results r on r.id = d.result_id
        where f.item_id = item and length(r.file_sha256) = 64 and r.sheet <> '' and r.cell <> '' and r.row_no > 0
    ) then 'cell' end,
    case when thing.source_type = 'monitoring' and not exists (
        select 1 from item_findings f where f.item_id = item) then 'finding' end,
    case when not exists (select 1 from plans) then 'plan' end,
    case when not exists (select 1 from actions) then 'action' end,
    case when not exists (
        select 1 from pieces where not exists (
            select 1 from audit.transition_log l
            where l.record_id = pieces.id and l.step = 'evidence.accept' and l.person_id = pieces.owner_id)
    ) then 'evidence' end,
    case when thing.severity = 'severe' and not exists (
        select 1 from onsite_checks c where c.item_id = item) then 'visit' end,
    case when not exists (select 1 from decided) then 'evaluation' end,
    case when exists (
        select 1 from decided where decided.design in ('indicator', 'small_n') and (
            jsonb_array_length(decided.follow_up_ids) = 0 or exists (
                select 1 from jsonb_array_elements_text(decided.follow_up_ids) as named(id)
                where not exists (select 1 from monitoring_results r where r.id = cast(named.id as uuid)
                                  and length(r.file_sha256) = 64)))
    ) then 'remeasured' end
], null)
from thing
$$;
grant execute on function chain_gaps(uuid) to bihuan_app;
"""
"""The links of an item's present round that are missing: one answer for the page, for the guard and for the constraint.

A cell counts with its file's digest, sheet, row and address; evidence not where its own author accepted it; an effect
decided on measured values needs the cells measured again.
"""
CLOSURE = """
create function closure_gap(item uuid) returns text language sql stable as $$
select case
    when not exists (select 1 from closure_requests q where q.item_id = item and q.state in ('approved', 'closed'))
        then 'closure'
    when exists (
        select 1 from closure_requests q
        join audit.transition_log v on v.record_id = q.id and v.step = 'closure_request.verify'
        join audit.transition_log o on o.record_id = q.id and o.person_id = v.person_id
             and o.step in ('closure_request.submit', 'closure_request.approve')
        where q.item_id = item and q.state in ('approved', 'closed')
          and v.seq > coalesce((select max(s.seq) from audit.transition_log s where s.record_id = q.id
                                and s.step = 'closure_request.return_verified'), 0)
          and q.id = (select n.id from closure_requests n where n.item_id = item
                      and n.state in ('approved', 'closed') order by n.created_at desc limit 1))
        then 'verifier'
end
$$;
grant execute on function closure_gap(uuid) to bihuan_app;
"""
"""What the closure itself lacks: an approved request; a verifier who neither submitted nor approved it."""
KEEP = """
create or replace function refuse_broken_chain() returns trigger language plpgsql as $$
declare missing text[];
begin
    if not exists (select 1 from problem_items where id = new.id and state = 'closed') then return null; end if;
    missing := chain_gaps(new.id) || closure_gap(new.id);
    missing := array_remove(missing, null);
    if cardinality(missing) > 0 then
        raise exception 'item % is closed without a whole chain: %', new.number, array_to_string(missing, ', ')
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
drop trigger whole_chain on problem_items;
create constraint trigger whole_chain after insert or update of state, source_type, severity on problem_items
    deferrable initially deferred for each row when (new.state = 'closed') execute function refuse_broken_chain();

create function refuse_broken_link() returns trigger language plpgsql as $$
declare
    row jsonb; about uuid[] := '{}'; one uuid; missing text[];
begin
    foreach row in array array_remove(array[
        case when tg_op <> 'INSERT' then to_jsonb(old) end, case when tg_op = 'UPDATE' then to_jsonb(new) end], null)
    loop
        if row ? 'item_id' then
            about := about || cast(row ->> 'item_id' as uuid);
        elsif row ? 'plan_id' then
            about := about || (select p.item_id from remediation_plans p where p.id = cast(row ->> 'plan_id' as uuid));
        elsif row ? 'action_id' then
            about := about || (select p.item_id from remediation_actions a join remediation_plans p on p.id = a.plan_id
                               where a.id = cast(row ->> 'action_id' as uuid));
            about := about || array(select p.item_id from evidence_uses u join remediation_actions a on a.id = u.action_id
                                    join remediation_plans p on p.id = a.plan_id
                                    where u.evidence_id = cast(row ->> 'id' as uuid));
        else
            about := about || array(select f.item_id from item_findings f where f.finding_id = cast(row ->> 'id' as uuid));
        end if;
    end loop;
    for one in select distinct i.id from problem_items i where i.id = any(about) and i.state = 'closed'
        and not exists (select 1 from reopenings r where r.item_id = i.id and r.state = 'proposed')
    loop
        missing := array_remove(chain_gaps(one) || closure_gap(one), null);
        if cardinality(missing) > 0 then
            raise exception 'a closed item would lose a link of its chain: %', array_to_string(missing, ', ')
                using errcode = 'check_violation';
        end if;
    end loop;
    return null;
end $$;

create function refuse_changed_cell() returns trigger language plpgsql as $$
begin
    if exists (select 1 from data_findings d join item_findings f on f.finding_id = d.id where d.result_id = old.id)
       or exists (select 1 from remediation_plans p where p.baseline_result_id = old.id)
       or exists (select 1 from effect_evaluations v where v.follow_up_ids @> jsonb_build_array(old.id::text)) then
        raise exception 'a data cell that an item rests on is never changed: a new version takes its place'
            using errcode = 'check_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger keep_cell before delete on monitoring_results for each row execute function refuse_changed_cell();
create trigger keep_cell_values before update of value, n, sd, file_sha256, sheet, row_no, cell, batch_id, cycle_id,
    indicator_id, unit_id on monitoring_results for each row
    when ((old.value, old.n, old.sd, old.file_sha256, old.sheet, old.row_no, old.cell, old.batch_id, old.cycle_id,
           old.indicator_id, old.unit_id) is distinct from (new.value, new.n, new.sd, new.file_sha256, new.sheet,
           new.row_no, new.cell, new.batch_id, new.cycle_id, new.indicator_id, new.unit_id))
    execute function refuse_changed_cell();

create function refuse_changed_version() returns trigger language plpgsql as $$
begin
    if exists (select 1 from evidence e where e.id = old.evidence_id and e.state in ('accepted', 'rejected')) then
        raise exception 'what was judged as evidence is never changed: a new version takes its place'
            using errcode = 'check_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger keep_version before delete or update of evidence_id, number, file_sha256, original_sha256, link
    on evidence_versions for each row execute function refuse_changed_version();
"""
LINKS = {
    "item_findings": "item_id, finding_id",
    "data_findings": "result_id",
    "remediation_plans": "state, item_id",
    "remediation_actions": "state, plan_id",
    "evidence": "state, action_id, owner_id",
    "evidence_uses": "evidence_id, action_id",
    "onsite_checks": "item_id",
    "effect_evaluations": "state, item_id, design, follow_up_ids",
    "closure_requests": "state, item_id",
    "reopenings": "state, item_id",
}
"""Table → the columns on which a chain hangs."""


def upgrade() -> None:
    """One function that names the gaps, the constraint that asks it, and the same question wherever a link is touched."""
    op.execute(GAPS)
    op.execute(CLOSURE)
    op.execute(KEEP)
    for table, columns in LINKS.items():
        op.execute(
            f"create constraint trigger whole_chain_of_{table} after delete or update of {columns} on {table}"
            " deferrable initially deferred for each row execute function refuse_broken_link()"
        )
    op.create_index("ix_effect_evaluations_follow_ups", "effect_evaluations", ["follow_up_ids"], postgresql_using="gin")


def downgrade() -> None:
    """The first form of the constraint."""
    op.drop_index("ix_effect_evaluations_follow_ups", "effect_evaluations")
    for table in LINKS:
        op.execute(f"drop trigger whole_chain_of_{table} on {table}")
    op.execute("drop trigger keep_version on evidence_versions")
    op.execute("drop trigger keep_cell_values on monitoring_results")
    op.execute("drop trigger keep_cell on monitoring_results")
    op.execute("drop trigger whole_chain on problem_items")
    for name in ("refuse_changed_version", "refuse_changed_cell", "refuse_broken_link"):
        op.execute(f"drop function {name}()")
    op.execute(FIRST)
    op.execute("drop function closure_gap(uuid)")
    op.execute("drop function chain_gaps(uuid)")


FIRST = """
create or replace function refuse_broken_chain() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from problem_items where id = new.id and state = 'closed') then return null; end if;
    if not (
        (new.source_type is distinct from 'monitoring' or exists (
            select 1 from item_findings f join data_findings d on d.id = f.finding_id where f.item_id = new.id))
        and exists (select 1 from remediation_plans where item_id = new.id and state in ('active', 'completed', 'archived'))
        and exists (select 1 from remediation_actions a join remediation_plans p on p.id = a.plan_id
                    where p.item_id = new.id and a.state = 'completed')
        and exists (select 1 from evidence e join remediation_actions a on a.id = e.action_id
                    join remediation_plans p on p.id = a.plan_id where p.item_id = new.id and e.state = 'accepted')
        and exists (select 1 from effect_evaluations where item_id = new.id and state = 'decided')
        and exists (select 1 from closure_requests where item_id = new.id and state in ('approved', 'closed'))
    ) then
        raise exception 'item % is closed without a whole chain', new.number using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger whole_chain after update of state on problem_items deferrable initially deferred
    for each row when (new.state = 'closed') execute function refuse_broken_chain();
"""

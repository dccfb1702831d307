"""What was measured or seen before the work tells nothing of it: data count from the day after the plan, checks since then."""

from alembic import op

revision = "2026_11_30_z9_after_the_work"
down_revision = "2026_11_30_z8_stand_again"
branch_labels = None
depends_on = None

AFTER = """
create function measured_after(plan uuid) returns date language sql stable as $$
select greatest(p.approved_on, (
    select (max(l.at) at time zone 'Asia/Shanghai')::date from audit.transition_log l
    where l.record_id = p.item_id and l.step = 'problem_item.reopen'))
from remediation_plans p where p.id = plan and p.approved_on is not null
$$;
grant execute on function measured_after(uuid) to bihuan_app;
"""
"""The day after which data on a plan's work can be measured; null for a plan that is not in force, so that nothing counts."""
BEGAN = """
create function work_began(item uuid) returns timestamptz language sql stable as $$
select case when bool_or(l.step = 'problem_item.start_work') then max(l.at) end from audit.transition_log l
where l.record_id = item and l.step in ('problem_item.start_work', 'problem_item.reopen')
$$;
grant execute on function work_began(uuid) to bihuan_app;
"""
"""When the work of an item's present round began, after a reopening not before that; null for one that was never begun."""
GAPS = """
create or replace function chain_gaps(item uuid) returns text[] language sql stable as $$
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
    select v.design, v.follow_up_ids, v.plan_id from effect_evaluations v, round
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
        select 1 from onsite_checks c where c.item_id = item {since}) then 'visit' end,
    case when not exists (select 1 from decided) then 'evaluation' end,
    case when exists (
        select 1 from decided where decided.design in ('indicator', 'small_n') and (
            jsonb_array_length(decided.follow_up_ids) = 0 or exists (
                select 1 from jsonb_array_elements_text(decided.follow_up_ids) as named(id)
                where not exists (select 1 from monitoring_results r {round} where r.id = cast(named.id as uuid)
                                  and length(r.file_sha256) = 64 {after})))
    ) then 'remeasured' end
], null)
from thing
$$;
"""
COUNTED = {
    "round": "join monitoring_cycles c on c.id = r.cycle_id",
    "after": "and c.starts_on > measured_after(decided.plan_id)",
    "since": "and c.created_at >= work_began(item)"
    " and c.checked_on >= (work_began(item) at time zone 'Asia/Shanghai')::date",
}
BEFORE = {"round": "", "after": "", "since": ""}
PLANS = "state, item_id"


def _watch_plans(columns: str) -> None:
    op.execute("drop trigger whole_chain_of_remediation_plans on remediation_plans")
    op.execute(
        f"create constraint trigger whole_chain_of_remediation_plans after delete or update of {columns}"
        " on remediation_plans deferrable initially deferred for each row"
        " when (old.state in ('active', 'completed', 'archived')) execute function refuse_broken_link()"
    )


def upgrade() -> None:
    """The chain asks when it was measured and seen, again when the day of the plan is touched."""
    op.execute(AFTER)
    op.execute(BEGAN)
    op.execute(GAPS.format(**COUNTED))
    _watch_plans(f"{PLANS}, approved_on")


def downgrade() -> None:
    """Any later round counts, and any check."""
    _watch_plans(PLANS)
    op.execute(GAPS.format(**BEFORE))
    op.execute("drop function work_began(uuid)")
    op.execute("drop function measured_after(uuid)")

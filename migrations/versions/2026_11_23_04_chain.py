"""No closed item without a whole chain: asked again at commit, whoever wrote the row."""

from alembic import op

revision = "2026_11_23_04_chain"
down_revision = "2026_11_23_03_improvement"
branch_labels = None
depends_on = None

CHAIN = """
create function refuse_broken_chain() returns trigger language plpgsql as $$
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


def upgrade() -> None:
    """The deferred constraint."""
    op.execute(CHAIN)


def downgrade() -> None:
    """Without it."""
    op.execute("drop trigger whole_chain on problem_items")
    op.execute("drop function refuse_broken_chain()")

"""What is evaluated and in which way: object and type on indicators, the four parts on effect records; verdicts on schools alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_29_p1_evaluated"
down_revision = "2026_11_29_n1_sendings"
branch_labels = None
depends_on = None

LIST = postgresql.JSONB(astext_type=sa.Text())
TYPES = "evaluation_type in ('result', 'process', 'value_added', 'comprehensive')"
FOUR_PARTS = (
    "state <> 'decided' or (proposed_by is not null and decided_by is not null"
    " and (indicator_id is not null or jsonb_array_length(criteria_checked) > 0)"
    " and computed ?& array['design', 'rule_version', 'code_version', 'inputs_sha256']"
    " and jsonb_array_length(uses) > 0)"
)
# What the indicators of before are by their nature; what a decided effect was used for, by its outcome.
BY_NATURE = """update indicators set evaluation_type = case domain when 'comprehensive' then 'comprehensive'
    when 'psychological' then 'process' else 'result' end"""
OF_BEFORE = """update effect_evaluations e set
    indicator_id = case when e.design = 'criterion' then null else coalesce(
        (select r.indicator_id from monitoring_results r where r.id = p.baseline_result_id), p.indicator_id, i.indicator_id) end,
    uses = case when e.state <> 'decided' then '[]'::jsonb
                when e.outcome in ('achieved', 'improved', 'partly_improved') then '["feed_back", "close"]'::jsonb
                else '["feed_back", "replan"]'::jsonb end
    from remediation_plans p, problem_items i where p.id = e.plan_id and i.id = e.item_id"""
TYPE_OF_BEFORE = """update effect_evaluations e set evaluation_type = case when e.design = 'criterion' then 'process'
    else coalesce((select case n.evaluation_type when 'result' then 'value_added' else n.evaluation_type end
                   from indicators n where n.id = e.indicator_id), 'value_added') end"""
# Teachers and students are no matter of this application: their data may lie there, a verdict may not.
ON_SCHOOLS = """
create function refuse_verdicts_on_persons() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare given boolean := case tg_table_name when 'data_findings' then
    to_jsonb(new)->>'verdict' is not null or new.state in ('confirmed', 'converted') else new.state = 'decided' end;
begin
    if given and new.indicator_id is not null
       and exists (select 1 from indicators i where i.id = new.indicator_id and i.object_code <> 'school') then
        raise exception 'verdicts are given on schools alone, not on teachers or students' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger on_schools_alone before insert or update on data_findings
    for each row execute function refuse_verdicts_on_persons();
create trigger on_schools_alone before insert or update on effect_evaluations
    for each row execute function refuse_verdicts_on_persons();
create function refuse_another_object() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select 1 from monitoring_results r where r.indicator_id = old.id)
       or exists (select 1 from data_findings f where f.indicator_id = old.id)
       or exists (select 1 from effect_evaluations e where e.indicator_id = old.id) then
        raise exception 'what an indicator evaluates stays once data rest on it' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger object_stays before update of object_code on indicators
    for each row when (old.object_code is distinct from new.object_code) execute function refuse_another_object();
revoke all on function refuse_verdicts_on_persons, refuse_another_object from public;
"""
WALLED = ("effect_evaluations", "monitoring_results", "remediation_plans", "problem_items")
FILLED = ("indicators", "effect_evaluations")


def upgrade() -> None:
    """Three columns on effects, two on indicators, filled by what is known; then the walls."""
    op.add_column("indicators", sa.Column("evaluation_type", sa.String(13), server_default="result", nullable=False))
    op.add_column("indicators", sa.Column("object_code", sa.String(7), server_default="school", nullable=False))
    effects = "effect_evaluations"
    op.add_column(effects, sa.Column("indicator_id", sa.Uuid(), nullable=True))
    op.add_column(effects, sa.Column("evaluation_type", sa.String(13), server_default="process", nullable=False))
    op.add_column(effects, sa.Column("uses", LIST, server_default=sa.text("'[]'"), nullable=False))
    op.create_foreign_key(op.f(f"fk_{effects}_indicator_id"), effects, "indicators", ["indicator_id"], ["id"])
    _fill()
    op.create_check_constraint(op.f("ck_indicators_evaluation_type"), "indicators", TYPES)
    objects = "object_code in ('school', 'teacher', 'student')"
    op.create_check_constraint(op.f("ck_indicators_object_code"), "indicators", objects)
    op.create_check_constraint(op.f(f"ck_{effects}_evaluation_type"), effects, TYPES)
    known = '["feed_back", "close", "replan", "appraise", "share"]'
    op.create_check_constraint(
        op.f(f"ck_{effects}_uses"), effects, f"jsonb_typeof(uses) = 'array' and uses <@ '{known}'"
    )
    op.create_check_constraint(op.f(f"ck_{effects}_four_parts"), effects, FOUR_PARTS)
    op.execute(ON_SCHOOLS)


def _fill() -> None:
    """The owner passes the walls for these statements."""
    for table in FILLED:
        op.execute(f"alter table {table} disable trigger refuse_writes_outside_act")
    for table in WALLED:
        op.execute(f"alter table {table} no force row level security")
    for statement in (BY_NATURE, OF_BEFORE, TYPE_OF_BEFORE):
        op.execute(statement)
    for table in WALLED:
        op.execute(f"alter table {table} force row level security")
    for table in FILLED:
        op.execute(f"alter table {table} enable trigger refuse_writes_outside_act")


def downgrade() -> None:
    """Gone again."""
    op.execute("drop trigger on_schools_alone on data_findings; drop trigger on_schools_alone on effect_evaluations")
    op.execute("drop trigger object_stays on indicators")
    op.execute("drop function refuse_verdicts_on_persons, refuse_another_object")
    for name in ("uses", "evaluation_type", "indicator_id"):
        op.drop_column("effect_evaluations", name)
    for name in ("object_code", "evaluation_type"):
        op.drop_column("indicators", name)

"""What a closed item rests on stays as it was: checks on site and rechecks are not deleted, what was measured, planned,
accepted and decided is not changed. Asked only where such a column changes or such a row goes; no ordinary step asks.
"""

from alembic import op

revision = "2026_11_30_w0_kept_links"
down_revision = "2026_11_30_r1_yearly_audits"
branch_labels = None
depends_on = None

OWN = "old.item_id"
CITING = "select f.item_id from item_findings f where f.finding_id = old.id"
SHOWING = (
    "select p.item_id from remediation_actions a join remediation_plans p on p.id = a.plan_id"
    " where a.id = old.action_id or a.id in (select u.action_id from evidence_uses u where u.evidence_id = old.id)"
)
KEPT = {
    "onsite_checks": (OWN, "item_id, checked_on, place, seen, remarks, checked_by", "true"),
    "rechecks": (OWN, "item_id, request_id", "true"),
    "data_findings": (CITING, "indicator_id, unit_id, effect, effect_low, effect_high, z, p, adjusted_p", "true"),
    "remediation_plans": (
        OWN,
        "design, criteria, indicator_id, baseline_result_id, baseline, baseline_sd, target, target_on, min_effect",
        "old.state in ('active', 'completed', 'archived')",
    ),
    "evidence": (SHOWING, "kind, title, description, happened_on", "old.state = 'accepted'"),
    "effect_evaluations": (
        OWN,
        "criteria_checked, computed, computed_outcome, delta, is_unadjusted, outcome, judgement, decided_on, decided_by",
        "old.state = 'decided'",
    ),
}
"""Table → the items that rest on a row of it, its columns that stay, and when a row is a link at all."""
NEVER_DELETED = ("onsite_checks", "rechecks")
"""Of the others the deferred constraint says what is missing when they go."""


def upgrade() -> None:
    """One function and one or two triggers for each table."""
    for table, (items, columns, link) in KEPT.items():
        op.execute(
            f"create function keep_{table}_of_closed_items() returns trigger language plpgsql as $$ begin"
            f" if exists (select 1 from problem_items i where i.state = 'closed' and i.id in ({items})) then"
            " raise exception 'what a closed item rests on is never changed' using errcode = 'check_violation';"
            " end if; return case when tg_op = 'DELETE' then old else new end; end $$"
        )
        before, after = (", ".join(f"{row}.{one}" for one in columns.split(", ")) for row in ("old", "new"))
        op.execute(
            f"create trigger keep_link before update of {columns} on {table} for each row"
            f" when ({link} and ({before}) is distinct from ({after})) execute function keep_{table}_of_closed_items()"
        )
    for table in NEVER_DELETED:
        op.execute(
            f"create trigger keep_row before delete on {table} for each row"
            f" execute function keep_{table}_of_closed_items()"
        )


def downgrade() -> None:
    """Only what the deferred constraint asks is kept."""
    for table in NEVER_DELETED:
        op.execute(f"drop trigger keep_row on {table}")
    for table in KEPT:
        op.execute(f"drop trigger keep_link on {table}")
        op.execute(f"drop function keep_{table}_of_closed_items()")

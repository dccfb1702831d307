"""Clocks of decisions that run already are fitted to where their items stand: nothing is late that may not be decided yet."""

from alembic import op

revision = "2026_11_30_z5_decisions_wait"
down_revision = "2026_11_30_z4_quick_walls"
branch_labels = None
depends_on = None

POST = """
insert into outbox (kind, queue, entity, record_id, county_id, data, posted_at, due_at)
select 'item_moved.effects', 'letters', 'problem_items', e.item_id, e.county_id, jsonb '{}', now(), now()
from effect_evaluations e where e.state = 'computed' group by e.item_id, e.county_id
"""


def upgrade() -> None:
    """One row for each item with a computed effect; the owner passes the walls for this one statement."""
    op.execute("alter table effect_evaluations no force row level security")
    op.execute(POST)
    op.execute("alter table effect_evaluations force row level security")


def downgrade() -> None:
    """What was posted stays: a job that finds nothing does nothing."""

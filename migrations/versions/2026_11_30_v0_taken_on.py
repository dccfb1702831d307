"""When an alert was taken on, told from the trail for those that were; figures may be a median of minutes or a number of students."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_v0_taken_on"
down_revision = "2026_11_30_u0_indicator_versions"
branch_labels = None
depends_on = None

ALERTS, NUMBERS, KIND = "critical_alerts", "published_figures", "ck_published_figures_kind"
FROM_THE_TRAIL = """
update critical_alerts a set accepted_at = e.at from (
    select record_id, min(at) as at from audit.entries
    where entity = 'critical_alerts' and to_state = 'accepted' and from_state = 'pending' group by record_id) e
where e.record_id = a.id
"""


def upgrade() -> None:
    """What the trail knows of those that were taken on already is filled in."""
    op.add_column(ALERTS, sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
    _past_the_walls(ALERTS, FROM_THE_TRAIL)
    _kinds("'share', 'agreement', 'minutes', 'count'")


def downgrade() -> None:
    """The trail still knows; numbers of the two new kinds stand in their releases."""
    _past_the_walls(NUMBERS, f"delete from {NUMBERS} where kind in ('minutes', 'count')")
    _kinds("'share', 'agreement'")
    op.drop_column(ALERTS, "accepted_at")


def _past_the_walls(table: str, statement: str) -> None:
    """The owner of the table passes its walls for this one statement."""
    op.execute(f"alter table {table} no force row level security, disable trigger user")
    op.execute(statement)
    op.execute(f"alter table {table} force row level security, enable trigger user")


def _kinds(kinds: str) -> None:
    op.drop_constraint(op.f(KIND), NUMBERS)
    op.create_check_constraint(op.f(KIND), NUMBERS, f"kind in ({kinds})")

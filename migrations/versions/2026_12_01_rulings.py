"""A decision on two sources that disagree says what it means for each: one counts, both do, or neither."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_rulings"
down_revision = "2026_12_01_outside_opinions"
branch_labels = None
depends_on = None

OUTCOME = (
    "(outcome is null) = (settled_at is null) and coalesce(outcome in ('one', 'both', 'neither'), true)"
    " and (chosen_id is not null) = coalesce(outcome = 'one', false)"
)


def _quietly(statement: str) -> None:
    op.execute("alter table source_conflicts no force row level security, disable trigger user")
    op.execute(statement)
    op.execute("alter table source_conflicts force row level security, enable trigger user")


def upgrade() -> None:
    """What was settled so far chose one of the two."""
    op.add_column("source_conflicts", sa.Column("outcome", sa.String(7), nullable=True))
    _quietly("update source_conflicts set outcome = 'one' where settled_at is not null")
    op.create_check_constraint(op.f("ck_source_conflicts_outcome"), "source_conflicts", OUTCOME)


def downgrade() -> None:
    """A decision that chose neither or both is open again: without the word it could not be told from one that chose."""
    op.drop_constraint(op.f("ck_source_conflicts_outcome"), "source_conflicts", type_="check")
    _quietly(
        "update source_conflicts set settled_at = null, settled_by = null, settlement = null where outcome <> 'one'"
    )
    op.drop_column("source_conflicts", "outcome")

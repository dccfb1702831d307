"""Entries of the trail by their time: the auditor's first page counts the last days of a trail that only grows."""

from alembic import op

revision = "2026_11_30_u1_entry_days"
down_revision = "2026_11_30_y0_hearings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Entries lie in the order of their time: a few pages of summaries lead to the last days."""
    op.execute("create index ix_entries_at on audit.entries using brin (at) with (autosummarize = on)")


def downgrade() -> None:
    """Without them the whole trail is read."""
    op.execute("drop index audit.ix_entries_at")

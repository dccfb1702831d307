"""The feedback of a visit issued for the staff of the county shows to its inspectors too; the others see the county already.

Only what was issued at that level, only reading, only the visit and what it found: no checklist, no photo, no team.
"""

from alembic import op

revision = "2026_11_30_w1_issued_feedback"
down_revision = "2026_11_30_w0_kept_links"
branch_labels = None
depends_on = None

ISSUED = (
    "county_id = (select ctx.home()) and (select ctx.holds('feedback'))"
    " and feedback_on is not null and disclosure in ('county', 'public')"
)
FOUND = (
    "(select ctx.holds('feedback')) and visit_id in (select v.id from supervision_visits v"
    " where v.feedback_on is not null and v.disclosure in ('county', 'public'))"
)


def upgrade() -> None:
    """One more policy for reading on each of the two tables."""
    op.execute(f"create policy issued on supervision_visits for select using ({ISSUED})")
    op.execute(f"create policy issued on visit_findings for select using ({FOUND})")


def downgrade() -> None:
    """Inspectors see the visits of their own schools and teams alone."""
    op.execute("drop policy issued on visit_findings")
    op.execute("drop policy issued on supervision_visits")

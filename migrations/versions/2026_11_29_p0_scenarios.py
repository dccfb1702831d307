"""Findings carry the application scenarios they belong to; the database knows the ten codes and no other."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_29_p0_scenarios"
down_revision = "2026_11_29_l0_rights_requests"
branch_labels = None
depends_on = None

CODES = (
    '["precision_teaching", "decision", "supervision", "evaluation", "health", "teacher_dev", "quality_monitoring",'
    ' "resources", "risk_warning", "research"]'
)


def upgrade() -> None:
    """Empty at first: people sort what is there."""
    column = sa.Column(
        "scenarios", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
    )
    op.add_column("data_findings", column)
    op.create_check_constraint(
        op.f("ck_data_findings_scenarios"),
        "data_findings",
        f"jsonb_typeof(scenarios) = 'array' and scenarios <@ '{CODES}'",
    )


def downgrade() -> None:
    """Gone again."""
    op.drop_column("data_findings", "scenarios")

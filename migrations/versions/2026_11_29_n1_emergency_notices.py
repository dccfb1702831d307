"""What was done without an agreement because it could not wait, and until when the guardian is told."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_n1_emergency_notices"
down_revision = "2026_11_29_n0_impact_assessments"
branch_labels = None
depends_on = None

TABLE = "emergency_notices"
REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
TARGETS = {"county_id": "units.id", "school_id": "units.id", "unit_id": "units.id", "student_id": "students.id",
           "alert_id": "critical_alerts.id"}  # fmt: skip
THEIRS = "(entity = 'emergency_notices' and county_id = (select ctx.home()) and (select ctx.holds('register')))"


def upgrade() -> None:
    """The table, its wall, and its clocks for who keeps the register."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=REF, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(length=8), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("told_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("cause in ('alert', 'level')", name=op.f(f"ck_{TABLE}_cause")),
        sa.CheckConstraint("(cause = 'alert') = (alert_id is not null)", name=op.f(f"ck_{TABLE}_alert")),
        sa.CheckConstraint("(state = 'told') = (told_sealed is not null)", name=op.f(f"ck_{TABLE}_told")),
        *(sa.ForeignKeyConstraint([col], [to], name=op.f(f"fk_{TABLE}_{col}")) for col, to in TARGETS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
    )
    for column in ("county_id", "school_id", "state", "student_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column], unique=False)
    op.create_index("uq_emergency_notices_alert", TABLE, ["alert_id"], unique=True)
    op.create_index(
        "uq_emergency_notices_level", TABLE, ["student_id", "happened_on"], unique=True,
        postgresql_where=sa.text("cause = 'level'"),
    )  # fmt: skip
    protect(TABLE, "register")
    op.execute(f"create policy notices_shown on deadlines for select using {THEIRS}")


def downgrade() -> None:
    """Without the register."""
    op.execute("drop policy notices_shown on deadlines")
    op.drop_table(TABLE)

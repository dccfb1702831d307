"""What a hearing asked for, the findings a feedback meeting discussed, and a look-up of lines by the one they came from."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_30_y0_hearings"
down_revision = "2026_11_30_v0_taken_on"
branch_labels = None
depends_on = None

ASKED, DISCUSSED = "briefing_follow_ups", "meeting_findings"


def _table(name: str, *columns: sa.Column | sa.Constraint) -> None:
    short = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
    op.create_table(
        name,
        *columns,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=short, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        *(
            sa.ForeignKeyConstraint([one], ["units.id"], name=op.f(f"fk_{name}_{one}"))
            for one in ("county_id", "school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{name}_ref")),
    )


def _link(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def upgrade() -> None:
    """Two tables with their walls, one index."""
    _table(
        ASKED,
        sa.Column("briefing_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        _link(ASKED, "briefing_id", "briefing_records"),
        sa.ForeignKeyConstraint(["done_by"], ["persons.id"], name=op.f(f"fk_{ASKED}_done_by")),
    )
    _table(
        DISCUSSED,
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        _link(DISCUSSED, "meeting_id", "feedback_meetings"),
        _link(DISCUSSED, "finding_id", "data_findings"),
        sa.UniqueConstraint("meeting_id", "finding_id", name=op.f(f"uq_{DISCUSSED}_meeting_id_finding_id")),
    )
    for table, columns in ((ASKED, ("briefing_id",)), (DISCUSSED, ("finding_id",))):
        for column in ("county_id", "school_id", *columns):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
        protect(table, "unit")
    op.create_index(op.f("ix_problem_items_parent_item_id"), "problem_items", ["parent_item_id"])


def downgrade() -> None:
    """Gone again."""
    op.drop_index(op.f("ix_problem_items_parent_item_id"), "problem_items")
    op.drop_table(DISCUSSED)
    op.drop_table(ASKED)

"""Hand-offs of an item between units, each with its day and reason."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_n4_hand_offs"
down_revision = "2026_11_29_n3_training_topics"
branch_labels = None
depends_on = None

TABLE = "item_hand_offs"
REFERENCES = {
    "county_id": "units.id",
    "school_id": "units.id",
    "from_unit_id": "units.id",
    "to_unit_id": "units.id",
    "handed_by": "persons.id",
}


def upgrade() -> None:
    """The table with its wall."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("from_unit_id", sa.Uuid(), nullable=False),
        sa.Column("to_unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), server_default=sa.text("''"), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind in ('contested', 'upheld', 'reassigned', 'passed', 'given_back')", name=op.f(f"ck_{TABLE}_kind")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["problem_items.id"], name=op.f(f"fk_{TABLE}_item_id"), ondelete="CASCADE"
        ),
        *(sa.ForeignKeyConstraint([name], [to], name=op.f(f"fk_{TABLE}_{name}")) for name, to in REFERENCES.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
    )
    for name in ("county_id", "school_id"):
        op.create_index(op.f(f"ix_{TABLE}_{name}"), TABLE, [name], unique=False)
    op.create_index("ix_item_hand_offs_item", TABLE, ["item_id", "handed_at"], unique=False)
    protect(TABLE, "unit")


def downgrade() -> None:
    """Gone again."""
    op.drop_table(TABLE)

"""Topics of trainings, as the county's list; a measure names the topic it is about."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_n3_training_topics"
down_revision = "2026_11_29_n2_looked_at"
branch_labels = None
depends_on = None

TABLE = "training_topics"


def upgrade() -> None:
    """The table with its wall, and the column by which measures name a topic."""
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
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_listed", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], ["units.id"], name=op.f(f"fk_{TABLE}_{name}"))
            for name in ("county_id", "school_id", "unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
        sa.UniqueConstraint("county_id", "number", name=op.f(f"uq_{TABLE}_county_id_number")),
    )
    for name in ("county_id", "school_id"):
        op.create_index(op.f(f"ix_{TABLE}_{name}"), TABLE, [name], unique=False)
    protect(TABLE, "county")
    op.add_column("remediation_actions", sa.Column("topic_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_remediation_actions_topic_id"), "remediation_actions", TABLE, ["topic_id"], ["id"])
    op.create_index("ix_remediation_actions_topic", "remediation_actions", ["topic_id"], unique=False)


def downgrade() -> None:
    """Gone again."""
    op.drop_column("remediation_actions", "topic_id")
    op.drop_table(TABLE)

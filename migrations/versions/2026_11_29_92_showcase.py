"""Showcase entries: closed problems told as examples."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_29_92_showcase"
down_revision = "2026_11_29_91_disclosures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its wall."""

    op.create_table(
        "showcase_entries",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("scenario", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("problem", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("practice", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("result", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "scenario in ('precision_teaching', 'decision', 'supervision', 'evaluation', 'health', 'teacher_dev',"
            " 'quality_monitoring', 'resources', 'risk_warning', 'research')",
            name=op.f("ck_showcase_entries_scenario"),
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_showcase_entries_county_id")),
        sa.ForeignKeyConstraint(["item_id"], ["problem_items.id"], name=op.f("fk_showcase_entries_item_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_showcase_entries_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_showcase_entries_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_showcase_entries_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_showcase_entries")),
        sa.UniqueConstraint("ref", name=op.f("uq_showcase_entries_ref")),
    )
    for name in ("county_id", "school_id", "state"):
        op.create_index(op.f(f"ix_showcase_entries_{name}"), "showcase_entries", [name], unique=False)
    op.create_index(
        "uq_showcase_entries_item",
        "showcase_entries",
        ["item_id"],
        unique=True,
        postgresql_where=sa.text("state not in ('withdrawn', 'cancelled')"),
    )

    protect("showcase_entries", "unit", outside_act=False)


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("showcase_entries")

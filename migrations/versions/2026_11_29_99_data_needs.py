"""Data needs: figures asked of the unit that owns them."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_99_data_needs"
down_revision = "2026_11_29_98_library"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its wall."""

    op.create_table(
        "data_needs",
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("asker_unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("fields", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("delivery_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
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
        sa.ForeignKeyConstraint(["asker_unit_id"], ["units.id"], name=op.f("fk_data_needs_asker_unit_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_data_needs_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_data_needs_cycle_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_data_needs_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_data_needs_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_data_needs_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_needs")),
        sa.UniqueConstraint("ref", name=op.f("uq_data_needs_ref")),
    )
    for name in ("county_id", "school_id", "state"):
        op.create_index(op.f(f"ix_data_needs_{name}"), "data_needs", [name], unique=False)

    protect("data_needs", "unit", outside_act=False)


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("data_needs")

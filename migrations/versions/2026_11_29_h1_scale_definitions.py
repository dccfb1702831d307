"""Scales of a county as versions, with their texts, vectors and licences."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_h1_scale_definitions"
down_revision = "2026_11_29_h0_of_student"
branch_labels = None
depends_on = None

REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")


def upgrade() -> None:
    """One table; one active row of a code in a county."""
    table = "scale_definitions"
    op.create_table(
        table,
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
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), server_default=sa.text("''"), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("vectors", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("licence_holder", sa.String(length=120), nullable=True),
        sa.Column("licence_no", sa.String(length=80), nullable=True),
        sa.Column("licence_until", sa.Date(), nullable=True),
        sa.Column("licence_sha256", sa.String(length=64), nullable=True),
        sa.Column("licence_file", sa.String(length=200), nullable=True),
        sa.Column("licence_type", sa.String(length=100), nullable=True),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=True),
        sa.Column("outside_expert", sa.String(length=120), nullable=True),
        sa.Column("activated_on", sa.Date(), nullable=True),
        sa.CheckConstraint("school_id is null", name=op.f(f"ck_{table}_of_the_county")),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
            for column, target in {
                "county_id": "units.id", "school_id": "units.id", "unit_id": "units.id", "owner_id": "persons.id",
                "agreed_by_id": "persons.id",
            }.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{table}_ref")),
        sa.UniqueConstraint("county_id", "code", "number", name=op.f(f"uq_{table}_county_id_code_number")),
    )  # fmt: skip
    for column in ("county_id", "school_id", "state"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    active = sa.text("state = 'active'")
    op.create_index(f"uq_{table}_active", table, ["county_id", "code"], unique=True, postgresql_where=active)
    protect(table, "county_care")


def downgrade() -> None:
    """Gone again."""
    op.drop_table("scale_definitions")

"""Opinions of outside evaluators on outcomes, every edition of them, and what a decision answers to one."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, protect

revision = "2026_12_01_outside_opinions"
down_revision = "2026_12_01_sampled_lists"
branch_labels = None
depends_on = None

TABLE = "outside_opinions"
REFERENCES = {
    "county_id": "units.id",
    "school_id": "units.id",
    "evaluation_id": "effect_evaluations.id",
    "unit_id": "units.id",
    "owner_id": "persons.id",
}


def upgrade() -> None:
    """The table with its wall, and the answer beside the decision."""
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
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("view", sa.String(length=12), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("about", sa.String(length=24), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("view in ('agrees', 'disagrees', 'cannot_judge')", name=op.f(f"ck_{TABLE}_view")),
        sa.CheckConstraint("char_length(reasons) between 1 and 2000", name=op.f(f"ck_{TABLE}_reasons")),
        *(sa.ForeignKeyConstraint([name], [to], name=op.f(f"fk_{TABLE}_{name}")) for name, to in REFERENCES.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
        sa.UniqueConstraint(
            "evaluation_id", "owner_id", "edition", name=op.f(f"uq_{TABLE}_evaluation_id_owner_id_edition")
        ),
    )
    for name in ("county_id", "school_id"):
        op.create_index(op.f(f"ix_{TABLE}_{name}"), TABLE, [name], unique=False)
    op.create_index("ix_outside_opinions_owner", TABLE, ["owner_id"], unique=False)
    protect(TABLE, "unit")
    op.execute(f"revoke update, delete on {TABLE} from {APP}")
    op.add_column("effect_evaluations", sa.Column("opinion_answer", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Gone again."""
    op.drop_column("effect_evaluations", "opinion_answer")
    op.drop_table(TABLE)

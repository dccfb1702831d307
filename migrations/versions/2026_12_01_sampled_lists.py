"""Draws of the lists that schools keep for themselves, and what inspectors found of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.protection import protect

revision = "2026_12_01_sampled_lists"
down_revision = "2026_12_01_as_approved"
branch_labels = None
depends_on = None

TABLES = ("list_check_answers", "list_checks", "sample_frames", "sample_draws")


def _table(name: str, *parts: sa.schema.SchemaItem, versioned: bool = False, references: dict[str, str]) -> None:
    """A table with the columns that every record has, its references and their names."""
    columns = [sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)] if versioned else []
    op.create_table(
        name,
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
        *columns,
        *parts,
        *(
            sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{name}_{column}"))
            for column, to in ({"county_id": "units.id", "school_id": "units.id"} | references).items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{name}_ref")),
    )
    for column in ("county_id", "school_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def upgrade() -> None:
    """The tables with their walls."""
    _draws()
    _checks()
    protect("sample_draws", "county")
    protect("sample_frames", "unit")
    protect("list_checks", "sampled")
    protect("list_check_answers", "unit")


def _draws() -> None:
    _table(
        "sample_draws",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("term_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("drawn_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('chance', 'hand')", name=op.f("ck_sample_draws_kind")),
        sa.CheckConstraint("drawn >= 1 and population >= 1 and least >= 1", name=op.f("ck_sample_draws_counts")),
        sa.CheckConstraint("kind = 'chance' or (drawn = 1 and reason <> '')", name=op.f("ck_sample_draws_by_hand")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_sample_draws_county_id_number")),
        versioned=True,
        references={"drawn_by": "persons.id"},
    )
    op.create_index("ix_sample_draws_term", "sample_draws", ["county_id", "term_on"], unique=False)
    _table(
        "sample_frames",
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("lists", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.UniqueConstraint("draw_id", name=op.f("uq_sample_frames_draw_id")),
        references={"draw_id": "sample_draws.id"},
    )


def _checks() -> None:
    _table(
        "list_checks",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("term_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("responsibility_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("looked_at", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("finding", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("on_site", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "state = 'drawn' or (checked_on is not null and finding <> '')", name=op.f("ck_list_checks_written")
        ),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_list_checks_county_id_number")),
        sa.UniqueConstraint("list_id", "term_on", name=op.f("uq_list_checks_list_id_term_on")),
        versioned=True,
        references={
            "draw_id": "sample_draws.id",
            "list_id": "problem_lists.id",
            "unit_id": "units.id",
            "owner_id": "persons.id",
            "responsibility_id": "school_responsibilities.id",
        },
    )
    op.create_index(op.f("ix_list_checks_draw_id"), "list_checks", ["draw_id"], unique=False)
    op.create_index(op.f("ix_list_checks_state"), "list_checks", ["state"], unique=False)
    op.create_index("ix_list_checks_term", "list_checks", ["county_id", "term_on", "state"], unique=False)
    op.create_index("ix_list_checks_due", "list_checks", ["county_id", "due_on", "id"], unique=False)
    op.create_index("ix_list_checks_owner", "list_checks", ["owner_id", "state"], unique=False)
    _table(
        "list_check_answers",
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("was_closed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reopening_proposed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("answer in ('holds', 'fails', 'left_out')", name=op.f("ck_list_check_answers_answer")),
        sa.CheckConstraint("answer <> 'fails' or note <> ''", name=op.f("ck_list_check_answers_told")),
        sa.ForeignKeyConstraint(
            ["check_id"], ["list_checks.id"], name=op.f("fk_list_check_answers_check_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("check_id", "item_id", name=op.f("uq_list_check_answers_check_id_item_id")),
        references={"item_id": "problem_items.id"},
    )
    op.create_index(op.f("ix_list_check_answers_item_id"), "list_check_answers", ["item_id"], unique=False)


def downgrade() -> None:
    """Gone again."""
    for table in TABLES:
        op.drop_table(table)

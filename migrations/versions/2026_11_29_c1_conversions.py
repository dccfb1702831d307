"""Requests to change a level of support, and what people wrote down as evidence for a step down."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_c1_conversions"
down_revision = "2026_11_29_c0_class_levels"
branch_labels = None
depends_on = None

REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
LEVELS = "in ('green', 'yellow', 'orange', 'red')"


def _record() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=REF, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
    ]


def _keys(table: str, **columns: str) -> list[sa.Constraint]:
    return [
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
            for column, target in {"county_id": "units.id", "school_id": "units.id", **columns}.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{table}_ref")),
    ]


def _indexes(table: str, *columns: str) -> None:
    for column in ("county_id", "school_id", *columns):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _evidence() -> None:
    table = "change_evidence"
    kinds = "kind in ('interview', 'guardian', 'session', 'referral', 'feedback', 'plan_review')"
    op.create_table(
        table,
        *_record(),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("finding", sa.String(length=10), nullable=True),
        sa.Column("percent", sa.SmallInteger(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(kinds, name=op.f(f"ck_{table}_kind")),
        sa.CheckConstraint("(kind = 'interview') = (finding is not null)", name=op.f(f"ck_{table}_finding")),
        sa.CheckConstraint("finding in ('no_intent', 'intent')", name=op.f(f"ck_{table}_findings")),
        sa.CheckConstraint("(kind = 'plan_review') = (percent is not null)", name=op.f(f"ck_{table}_reviewed")),
        sa.CheckConstraint("percent between 0 and 100", name=op.f(f"ck_{table}_percent")),
        *_keys(table, student_id="students.id", recorded_by="persons.id"),
    )
    _indexes(table, "student_id")
    protect(table, "care_case")


def _requests() -> None:
    table = "code_change_requests"
    op.create_table(
        table,
        *_record(),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("from_tier", sa.String(length=6), nullable=True),
        sa.Column("to_tier", sa.String(length=6), nullable=False),
        sa.Column("upward", sa.Boolean(), nullable=False),
        sa.Column("rule_set", sa.String(length=40), nullable=False),
        sa.Column("left_tier", sa.String(length=6), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("decide_by_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("together_by_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_signer_id", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        *(
            sa.CheckConstraint(f"{column} {LEVELS}", name=op.f(f"ck_{table}_{column}"))
            for column in ("from_tier", "to_tier", "left_tier")
        ),
        *_keys(
            table, unit_id="units.id", student_id="students.id", owner_id="persons.id", first_signer_id="persons.id"
        ),
    )
    _indexes(table, "student_id", "state")
    is_open = sa.text("not upward and state in ('draft', 'submitted', 'under_review', 'returned')")
    op.create_index(f"uq_{table}_down", table, ["student_id"], unique=True, postgresql_where=is_open)
    op.create_index(f"ix_{table}_waiting", table, ["school_id", "state", "decide_by_at"])
    protect(table, "care_asked")


def upgrade() -> None:
    """Two tables behind their walls."""
    _evidence()
    _requests()


def downgrade() -> None:
    """Gone again."""
    op.drop_table("code_change_requests")
    op.drop_table("change_evidence")

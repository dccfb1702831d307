"""Assessments, duties and runs of the rainbow code; the walls of care know dated cases and classes."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect, unprotect

revision = "2026_11_29_a2_rainbow_decisions"
down_revision = "2026_11_29_a1_consent"
branch_labels = None
depends_on = None

REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
WALLS = {
    "students": ("student", "student_case"),
    "risk_facts": ("care", "care_case"),
    "professional_assessments": ("care", "care_case"),
    "scale_results": ("care", "care_case"),
    "critical_alerts": ("care", "care_case"),
    "rainbow_computations": ("care", "care_case"),
    "teacher_ratings": ("care", "care_class"),
    "rainbow_tiers": ("care", "levels"),
}
"""Table → its wall before and after."""


def _record() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=REF, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
    ]


def _movable() -> list[sa.Column]:
    return [
        *_record(),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
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


def _assessments() -> None:
    table = "rainbow_assessments"
    op.create_table(
        table,
        *_movable(),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("computation", sa.BigInteger(), nullable=False),
        sa.Column("rule_set", sa.String(length=40), nullable=False),
        sa.Column("proposed", sa.String(length=6), nullable=False),
        sa.Column("decided", sa.String(length=6), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("decide_by_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("together_by_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_signer_id", sa.Uuid(), nullable=True),
        sa.Column("interviewed_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("proposed in ('green', 'yellow', 'orange', 'red')", name=op.f(f"ck_{table}_proposed")),
        sa.CheckConstraint("decided in ('green', 'yellow', 'orange', 'red')", name=op.f(f"ck_{table}_decided")),
        *_keys(
            table, unit_id="units.id", student_id="students.id", owner_id="persons.id", first_signer_id="persons.id",
            computation="rainbow_computations.number",
        ),
    )  # fmt: skip
    _indexes(table, "student_id", "state")
    for name, state in (("open", "proposed"), ("valid", "effective")):
        where = sa.text(f"state = '{state}'")
        op.create_index(f"uq_{table}_{name}", table, ["student_id"], unique=True, postgresql_where=where)
    op.create_index(f"ix_{table}_queue", table, ["school_id", "state", "priority", "decide_by_at", "id"])
    protect(table, "care_case")


def _duties() -> None:
    table = "care_duties"
    op.create_table(
        table,
        *_movable(),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("for_class", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=True),
        *_keys(table, unit_id="units.id", student_id="students.id", class_id="school_classes.id"),
    )
    _indexes(table, "student_id", "class_id", "state")
    op.create_index(f"ix_{table}_due", table, ["school_id", "state", "due_at"])
    protect(table, "care_class")


def _runs() -> None:
    table = "rainbow_runs"
    op.create_table(
        table,
        *_record(),
        sa.Column("ran_on", sa.Date(), nullable=False),
        sa.Column("rule_set", sa.String(length=40), nullable=False),
        sa.Column("computed", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        *_keys(table),
    )
    _indexes(table)
    op.create_index(f"ix_{table}_day", table, ["county_id", "ran_on"])
    protect(table, "unit")


def upgrade() -> None:
    """Raise the walls anew where they change, then the new tables behind theirs."""
    for table, (before, after) in WALLS.items():
        unprotect(table, before)
        protect(table, after)
    op.execute("revoke update, delete on rainbow_computations from bihuan_app")
    _assessments()
    _duties()
    _runs()


def downgrade() -> None:
    """Drop the tables, and the walls as they were."""
    for table in ("rainbow_runs", "care_duties", "rainbow_assessments"):
        op.drop_table(table)
    for table, (before, after) in WALLS.items():
        unprotect(table, after)
        protect(table, before)
    op.execute("revoke update, delete on rainbow_computations from bihuan_app")

"""Requests of guardians and students about a child's data; their clocks are seen by who keeps the register."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_l0_rights_requests"
down_revision = "2026_11_29_m0_inspection_trees"
branch_labels = None
depends_on = None

TABLE = "rights_requests"
REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
THEIRS = "(entity = 'rights_requests' and county_id = (select ctx.home()) and (select ctx.holds('requests')))"
TARGETS = {
    "county_id": "units.id",
    "school_id": "units.id",
    "unit_id": "units.id",
    "student_id": "students.id",
    "code_id": "access_codes.id",
}


def upgrade() -> None:
    """The table, its wall, and the clocks beside the wall of units."""
    op.create_table(
        TABLE,
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
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("asked_as", sa.String(length=10), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("result_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("result_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind in ('access', 'copy', 'correct', 'delete', 'explain')", name=op.f(f"ck_{TABLE}_kind")),
        sa.CheckConstraint("asked_as in ('guardian1', 'guardian2', 'student')", name=op.f(f"ck_{TABLE}_asked_as")),
        *(sa.ForeignKeyConstraint([col], [to], name=op.f(f"fk_{TABLE}_{col}")) for col, to in TARGETS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
    )
    for column in ("county_id", "school_id", "state", "student_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column], unique=False)
    op.create_index(
        "uq_rights_requests_open", TABLE, ["student_id", "asked_as", "kind"], unique=True,
        postgresql_where=sa.text("state in ('received', 'preparing')"),
    )  # fmt: skip
    protect(TABLE, "requests")
    op.execute(f"create policy rights_shown on deadlines for select using {THEIRS}")
    op.execute(
        f"create policy rights_changed on deadlines for update using {THEIRS}"
        f" with check ({THEIRS} and (select ctx.act()) is not null)"
    )
    op.execute(
        "create policy rights_hidden on deadlines as restrictive for select using (entity <> 'rights_requests'"
        " or exists (select from rights_requests r where r.id = record_id))"
    )


def downgrade() -> None:
    """Without requests."""
    for policy in ("rights_shown", "rights_changed", "rights_hidden"):
        op.execute(f"drop policy {policy} on deadlines")
    op.drop_table(TABLE)

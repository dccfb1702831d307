"""Forms on paper: typed twice before they count; a day beside answers, a workbook and a scan beside consents."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_e1_paper"
down_revision = "2026_11_29_d0_quick_steps"
branch_labels = None
depends_on = None

LINKS = {
    "campaign_id": "screening_campaigns.id",
    "county_id": "units.id",
    "first_batch": "import_batches.id",
    "first_by": "persons.id",
    "school_id": "units.id",
    "second_batch": "import_batches.id",
    "second_by": "persons.id",
    "settled_by": "persons.id",
    "student_id": "students.id",
    "task_id": "screening_tasks.id",
}
INDEXED = ("county_id", "first_batch", "school_id", "second_batch", "student_id")


def upgrade() -> None:
    """One table behind the wall of care, three columns."""
    op.create_table(
        "paper_sheets",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("scale_code", sa.String(length=40), nullable=False),
        sa.Column("scale_version", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("first", sa.LargeBinary(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("first_by", sa.Uuid(), nullable=True),
        sa.Column("first_operator", sa.String(length=30), server_default=sa.text("''"), nullable=False),
        sa.Column("first_batch", sa.Uuid(), nullable=True),
        sa.Column("second", sa.LargeBinary(), nullable=True),
        sa.Column("second_on", sa.Date(), nullable=True),
        sa.Column("second_by", sa.Uuid(), nullable=True),
        sa.Column("second_operator", sa.String(length=30), server_default=sa.text("''"), nullable=False),
        sa.Column("second_batch", sa.Uuid(), nullable=True),
        sa.Column("differs", sa.SmallInteger(), nullable=True),
        sa.Column("final", sa.LargeBinary(), nullable=True),
        sa.Column("final_on", sa.Date(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("override", sa.String(length=3), nullable=True),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("typed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint("override in ('O1a', 'O1b')", name=op.f("ck_paper_sheets_override")),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_paper_sheets_{column}"))
            for column, target in LINKS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheets")),
        sa.UniqueConstraint("ref", name=op.f("uq_paper_sheets_ref")),
        sa.UniqueConstraint(
            "task_id", "scale_code", "attempt", name=op.f("uq_paper_sheets_task_id_scale_code_attempt")
        ),
    )
    for column in INDEXED:
        op.create_index(op.f(f"ix_paper_sheets_{column}"), "paper_sheets", [column])
    op.create_index("ix_paper_sheets_campaign", "paper_sheets", ["school_id", "campaign_id"])
    op.create_index(
        "ix_paper_sheets_critical",
        "paper_sheets",
        ["typed_at"],
        postgresql_where=sa.text("override is not null and alerted_at is null"),
    )
    protect("paper_sheets", "care")
    op.add_column("scale_responses", sa.Column("answered_on", sa.Date(), nullable=True))
    op.add_column("consent_answers", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.add_column(
        "consent_answers", sa.Column("scan_ref", sa.String(length=64), server_default=sa.text("''"), nullable=False)
    )
    op.create_foreign_key(
        op.f("fk_consent_answers_batch_id"), "consent_answers", "import_batches", ["batch_id"], ["id"]
    )
    op.create_index(op.f("ix_consent_answers_batch_id"), "consent_answers", ["batch_id"])


def downgrade() -> None:
    """Gone again, with what was typed only once."""
    op.drop_column("consent_answers", "scan_ref")
    op.drop_column("consent_answers", "batch_id")
    op.drop_column("scale_responses", "answered_on")
    op.drop_table("paper_sheets")

"""Screening: campaigns with their duty days, a task per student, sealed answers, calls for help; alerts move."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_29_b1_screening"
down_revision = "2026_11_29_b0_county_tallies"
branch_labels = None
depends_on = None

WALLS = {
    "screening_campaigns": "county",
    "screening_duty_days": "county",
    "screening_tasks": "consent",
    "scale_responses": "care",
    "help_calls": "care",
}
OF_ALERTS = (
    sa.Column("campaign_id", sa.Uuid(), nullable=True),
    sa.Column("accept_by", sa.DateTime(timezone=True), nullable=True),
    sa.Column("interview_by", sa.Date(), nullable=True),
    sa.Column("told", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    sa.Column("interviewed_on", sa.Date(), nullable=True),
    sa.Column("outcome", sa.String(length=10), nullable=True),
    sa.Column("read_second_on", sa.Date(), nullable=True),
    sa.Column("state", sa.String(length=40), server_default=sa.text("'pending'"), nullable=False),
    sa.Column("previous_state", sa.String(length=40), nullable=True),
    sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
)


def upgrade() -> None:
    """Five tables, and what an alert needs to move from one person to the next."""
    op.create_table(
        "screening_campaigns",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=500), server_default=sa.text("''"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("grades", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("scales", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("groups", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("assessment_no", sa.String(length=60), server_default=sa.text("''"), nullable=False),
        sa.Column("agreed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
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
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_screening_campaigns_days")),
        sa.CheckConstraint("groups between 1 and 5", name=op.f("ck_screening_campaigns_groups")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_screening_campaigns_county_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_screening_campaigns_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_screening_campaigns_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_screening_campaigns_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_campaigns")),
        sa.UniqueConstraint("ref", name=op.f("uq_screening_campaigns_ref")),
    )
    op.create_index(op.f("ix_screening_campaigns_county_id"), "screening_campaigns", ["county_id"], unique=False)
    op.create_index(op.f("ix_screening_campaigns_school_id"), "screening_campaigns", ["school_id"], unique=False)
    op.create_index(op.f("ix_screening_campaigns_state"), "screening_campaigns", ["state"], unique=False)
    op.create_table(
        "screening_duty_days",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["screening_campaigns.id"], name=op.f("fk_screening_duty_days_campaign_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_screening_duty_days_county_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_screening_duty_days_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_screening_duty_days_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_duty_days")),
        sa.UniqueConstraint(
            "campaign_id", "day", "person_id", name=op.f("uq_screening_duty_days_campaign_id_day_person_id")
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_screening_duty_days_ref")),
    )
    op.create_index(op.f("ix_screening_duty_days_county_id"), "screening_duty_days", ["county_id"], unique=False)
    op.create_index(op.f("ix_screening_duty_days_school_id"), "screening_duty_days", ["school_id"], unique=False)
    op.create_table(
        "screening_tasks",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=True),
        sa.Column("group_no", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=True),
        sa.Column("scored_on", sa.Date(), nullable=True),
        sa.Column("reason_code", sa.String(length=20), nullable=True),
        sa.Column("complete", sa.Boolean(), server_default=sa.text("false"), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["screening_campaigns.id"], name=op.f("fk_screening_tasks_campaign_id")
        ),
        sa.ForeignKeyConstraint(["class_id"], ["school_classes.id"], name=op.f("fk_screening_tasks_class_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_screening_tasks_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_screening_tasks_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_screening_tasks_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_tasks")),
        sa.UniqueConstraint("campaign_id", "student_id", name=op.f("uq_screening_tasks_campaign_id_student_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_screening_tasks_ref")),
    )
    op.create_index(
        "ix_screening_tasks_class", "screening_tasks", ["school_id", "campaign_id", "class_id"], unique=False
    )
    op.create_index(op.f("ix_screening_tasks_county_id"), "screening_tasks", ["county_id"], unique=False)
    op.create_index(op.f("ix_screening_tasks_school_id"), "screening_tasks", ["school_id"], unique=False)
    op.create_index(op.f("ix_screening_tasks_state"), "screening_tasks", ["state"], unique=False)
    op.create_index("ix_screening_tasks_student", "screening_tasks", ["student_id"], unique=False)
    op.create_table(
        "scale_responses",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("scale_code", sa.String(length=40), nullable=False),
        sa.Column("scale_version", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("source", sa.String(length=8), server_default=sa.text("'phone'"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answered", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("seconds", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("override", sa.String(length=3), nullable=True),
        sa.Column("blank_critical", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint("override in ('O1a', 'O1b')", name=op.f("ck_scale_responses_override")),
        sa.CheckConstraint("source in ('phone', 'paper')", name=op.f("ck_scale_responses_source")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["screening_campaigns.id"], name=op.f("fk_scale_responses_campaign_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_scale_responses_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_scale_responses_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_scale_responses_student_id")),
        sa.ForeignKeyConstraint(["task_id"], ["screening_tasks.id"], name=op.f("fk_scale_responses_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_responses")),
        sa.UniqueConstraint("ref", name=op.f("uq_scale_responses_ref")),
        sa.UniqueConstraint(
            "task_id", "scale_code", "attempt", name=op.f("uq_scale_responses_task_id_scale_code_attempt")
        ),
    )
    op.create_index(op.f("ix_scale_responses_county_id"), "scale_responses", ["county_id"], unique=False)
    op.create_index(
        "ix_scale_responses_critical",
        "scale_responses",
        ["saved_at"],
        unique=False,
        postgresql_where=sa.text("override is not null and alerted_at is null"),
    )
    op.create_index(op.f("ix_scale_responses_school_id"), "scale_responses", ["school_id"], unique=False)
    op.create_index(op.f("ix_scale_responses_student_id"), "scale_responses", ["student_id"], unique=False)
    op.create_table(
        "help_calls",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["answered_by"], ["persons.id"], name=op.f("fk_help_calls_answered_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_help_calls_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_help_calls_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_help_calls_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_calls")),
        sa.UniqueConstraint("ref", name=op.f("uq_help_calls_ref")),
    )
    op.create_index(op.f("ix_help_calls_county_id"), "help_calls", ["county_id"], unique=False)
    op.create_index(op.f("ix_help_calls_school_id"), "help_calls", ["school_id"], unique=False)
    op.create_index(op.f("ix_help_calls_student_id"), "help_calls", ["student_id"], unique=False)
    for table, wall in WALLS.items():
        protect(table, wall)
    for column in OF_ALERTS:
        op.add_column("critical_alerts", column._copy())
    op.create_foreign_key(
        op.f("fk_critical_alerts_campaign_id"), "critical_alerts", "screening_campaigns", ["campaign_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_critical_alerts_outcome"), "critical_alerts", "outcome in ('clear', 'crisis', 'case')"
    )
    op.create_index(op.f("ix_critical_alerts_campaign_id"), "critical_alerts", ["campaign_id"])
    op.create_index(op.f("ix_critical_alerts_state"), "critical_alerts", ["state"])


def downgrade() -> None:
    """Gone again; alerts stay as facts."""
    op.execute("drop trigger if exists refuse_unlawful_move on critical_alerts")
    for column in OF_ALERTS:
        op.drop_column("critical_alerts", column.name)
    for table in reversed(WALLS):
        op.drop_table(table)

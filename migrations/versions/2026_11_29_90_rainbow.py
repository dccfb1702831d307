"""What the rainbow code reads and writes: facts, ratings, professional looks, scale results, alerts, computations, tiers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import APP, protect

revision = "2026_11_29_90_rainbow"
down_revision = "2026_11_29_60_cohorts"
branch_labels = None
depends_on = None

TABLES = (
    "risk_facts",
    "teacher_ratings",
    "professional_assessments",
    "rainbow_tiers",
    "rainbow_computations",
    "scale_results",
    "critical_alerts",
)


def upgrade() -> None:
    """Seven tables of what is known of a student, behind the data class `care`; computations are never changed."""
    op.create_table(
        "risk_facts",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ended_on is null or ended_on >= dated_on", name=op.f("ck_risk_facts_dates")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_risk_facts_county_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["persons.id"], name=op.f("fk_risk_facts_recorded_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_risk_facts_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_risk_facts_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_facts")),
        sa.UniqueConstraint("ref", name=op.f("uq_risk_facts_ref")),
        sa.UniqueConstraint(
            "student_id", "code", "source", "dated_on", name=op.f("uq_risk_facts_student_id_code_source_dated_on")
        ),
    )
    op.create_index(op.f("ix_risk_facts_county_id"), "risk_facts", ["county_id"], unique=False)
    op.create_index(op.f("ix_risk_facts_school_id"), "risk_facts", ["school_id"], unique=False)
    op.create_index(op.f("ix_risk_facts_student_id"), "risk_facts", ["student_id"], unique=False)
    op.create_table(
        "teacher_ratings",
        sa.Column("rated_by", sa.Uuid(), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("items", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("comment_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "array_length(items, 1) = 8 and 0 <= all(items) and 3 >= all(items)", name=op.f("ck_teacher_ratings_items")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_teacher_ratings_county_id")),
        sa.ForeignKeyConstraint(["rated_by"], ["persons.id"], name=op.f("fk_teacher_ratings_rated_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_teacher_ratings_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_teacher_ratings_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_ratings")),
        sa.UniqueConstraint("ref", name=op.f("uq_teacher_ratings_ref")),
    )
    op.create_index(op.f("ix_teacher_ratings_county_id"), "teacher_ratings", ["county_id"], unique=False)
    op.create_index(op.f("ix_teacher_ratings_school_id"), "teacher_ratings", ["school_id"], unique=False)
    op.create_index(op.f("ix_teacher_ratings_student_id"), "teacher_ratings", ["student_id"], unique=False)
    op.create_table(
        "professional_assessments",
        sa.Column("assessed_by", sa.Uuid(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "level in ('none', 'mild', 'moderate', 'high')", name=op.f("ck_professional_assessments_level")
        ),
        sa.ForeignKeyConstraint(["assessed_by"], ["persons.id"], name=op.f("fk_professional_assessments_assessed_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_professional_assessments_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_professional_assessments_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_professional_assessments_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_professional_assessments")),
        sa.UniqueConstraint("ref", name=op.f("uq_professional_assessments_ref")),
    )
    op.create_index(
        op.f("ix_professional_assessments_county_id"), "professional_assessments", ["county_id"], unique=False
    )
    op.create_index(
        op.f("ix_professional_assessments_school_id"), "professional_assessments", ["school_id"], unique=False
    )
    op.create_index(
        op.f("ix_professional_assessments_student_id"), "professional_assessments", ["student_id"], unique=False
    )
    op.create_table(
        "rainbow_tiers",
        sa.Column("tier", sa.String(length=6), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("tier in ('green', 'yellow', 'orange', 'red')", name=op.f("ck_rainbow_tiers_tier")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_rainbow_tiers_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_rainbow_tiers_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_rainbow_tiers_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rainbow_tiers")),
        sa.UniqueConstraint("ref", name=op.f("uq_rainbow_tiers_ref")),
        sa.UniqueConstraint("student_id", name=op.f("uq_rainbow_tiers_student_id")),
    )
    op.create_index(op.f("ix_rainbow_tiers_county_id"), "rainbow_tiers", ["county_id"], unique=False)
    op.create_index(op.f("ix_rainbow_tiers_school_id"), "rainbow_tiers", ["school_id"], unique=False)
    op.create_index(op.f("ix_rainbow_tiers_student_id"), "rainbow_tiers", ["student_id"], unique=False)
    op.create_table(
        "rainbow_computations",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("computed_on", sa.Date(), nullable=False),
        sa.Column("rule_set", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("tier", sa.String(length=6), nullable=True),
        sa.Column("bg", sa.SmallInteger(), nullable=False),
        sa.Column("ev", sa.SmallInteger(), nullable=False),
        sa.Column("sc", sa.SmallInteger(), nullable=False),
        sa.Column("tr", sa.SmallInteger(), nullable=False),
        sa.Column("pa", sa.SmallInteger(), nullable=False),
        sa.Column("total", sa.SmallInteger(), nullable=False),
        sa.Column("completeness", sa.Numeric(precision=3, scale=2), nullable=False),
        sa.Column("hard_floor", sa.String(length=6), nullable=False),
        sa.Column("soft_floor", sa.String(length=6), nullable=False),
        sa.Column("flags", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("factors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("inputs_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("fits_since", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_rainbow_computations_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_rainbow_computations_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_rainbow_computations_student_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_rainbow_computations")),
    )
    op.create_index(
        "ix_rainbow_computations_newest", "rainbow_computations", ["school_id", "student_id", "number"], unique=False
    )
    op.create_table(
        "scale_results",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("scale_code", sa.String(length=40), nullable=False),
        sa.Column("scale_version", sa.String(length=20), nullable=False),
        sa.Column("construct", sa.String(length=40), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("band", sa.SmallInteger(), nullable=True),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("usable", sa.Boolean(), nullable=False),
        sa.Column("worry", sa.Boolean(), nullable=False),
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
        sa.CheckConstraint("band between 0 and 4", name=op.f("ck_scale_results_band")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_scale_results_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_scale_results_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_scale_results_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_results")),
        sa.UniqueConstraint("ref", name=op.f("uq_scale_results_ref")),
    )
    op.create_index(op.f("ix_scale_results_county_id"), "scale_results", ["county_id"], unique=False)
    op.create_index(
        "ix_scale_results_newest", "scale_results", ["student_id", "scale_code", "answered_on"], unique=False
    )
    op.create_index(op.f("ix_scale_results_school_id"), "scale_results", ["school_id"], unique=False)
    op.create_table(
        "critical_alerts",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=3), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=True),
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
        sa.CheckConstraint("kind in ('O1a', 'O1b')", name=op.f("ck_critical_alerts_kind")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_critical_alerts_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_critical_alerts_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_critical_alerts_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_critical_alerts")),
        sa.UniqueConstraint("ref", name=op.f("uq_critical_alerts_ref")),
    )
    op.create_index(op.f("ix_critical_alerts_county_id"), "critical_alerts", ["county_id"], unique=False)
    op.create_index(op.f("ix_critical_alerts_school_id"), "critical_alerts", ["school_id"], unique=False)
    op.create_index(op.f("ix_critical_alerts_student_id"), "critical_alerts", ["student_id"], unique=False)

    for table in TABLES:
        protect(table, "care")
    op.execute(f"revoke update, delete on rainbow_computations from {APP}")


def downgrade() -> None:
    """All seven are gone."""
    for table in reversed(TABLES):
        op.drop_table(table)

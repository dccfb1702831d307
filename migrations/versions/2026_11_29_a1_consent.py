"""Consent: rounds, one per student, answers that are only added, personal codes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import APP, protect

revision = "2026_11_29_a1_consent"
down_revision = "2026_11_29_A0_school_pages"
branch_labels = None
depends_on = None

TABLES = ("consent_rounds", "access_codes", "access_code_places", "consents", "consent_answers")
WALLS = {"consent_rounds": "unit", "access_code_places": None}


def upgrade() -> None:
    """Five tables; what a person said is never changed."""
    op.create_table(
        "consent_rounds",
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("grades", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("notice", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notice_sha256", sa.String(length=64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
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
        sa.CheckConstraint(
            "purpose in ('screening', 'cross_dept_data', 'counseling', 'referral_share', 'rating_share_guardian', 'research')",
            name=op.f("ck_consent_rounds_purpose"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["persons.id"], name=op.f("fk_consent_rounds_asked_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_consent_rounds_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_consent_rounds_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_rounds")),
        sa.UniqueConstraint("ref", name=op.f("uq_consent_rounds_ref")),
    )
    op.create_index(op.f("ix_consent_rounds_county_id"), "consent_rounds", ["county_id"], unique=False)
    op.create_index(op.f("ix_consent_rounds_school_id"), "consent_rounds", ["school_id"], unique=False)
    op.create_table(
        "access_codes",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(length=10), nullable=True),
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
        sa.CheckConstraint("kind in ('guardian1', 'guardian2', 'student')", name=op.f("ck_access_codes_kind")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_access_codes_county_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["persons.id"], name=op.f("fk_access_codes_issued_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_access_codes_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_access_codes_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_codes")),
        sa.UniqueConstraint("lookup", name=op.f("uq_access_codes_lookup")),
        sa.UniqueConstraint("ref", name=op.f("uq_access_codes_ref")),
    )
    op.create_index(op.f("ix_access_codes_county_id"), "access_codes", ["county_id"], unique=False)
    op.create_index(op.f("ix_access_codes_school_id"), "access_codes", ["school_id"], unique=False)
    op.create_index(
        "uq_access_codes_open",
        "access_codes",
        ["student_id", "kind"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "access_code_places",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_access_code_places_unit_id")),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_access_code_places")),
    )
    op.create_table(
        "consents",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=True),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default=sa.text("''"), nullable=False),
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
        sa.CheckConstraint(
            "purpose in ('screening', 'cross_dept_data', 'counseling', 'referral_share', 'rating_share_guardian', 'research')",
            name=op.f("ck_consents_purpose"),
        ),
        sa.ForeignKeyConstraint(["class_id"], ["school_classes.id"], name=op.f("fk_consents_class_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_consents_county_id")),
        sa.ForeignKeyConstraint(["round_id"], ["consent_rounds.id"], name=op.f("fk_consents_round_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_consents_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_consents_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("ref", name=op.f("uq_consents_ref")),
    )
    op.create_index("ix_consents_class", "consents", ["school_id", "round_id", "class_id"], unique=False)
    op.create_index(op.f("ix_consents_county_id"), "consents", ["county_id"], unique=False)
    op.create_index(op.f("ix_consents_school_id"), "consents", ["school_id"], unique=False)
    op.create_index(op.f("ix_consents_state"), "consents", ["state"], unique=False)
    op.create_index(op.f("ix_consents_student_id"), "consents", ["student_id"], unique=False)
    op.create_index(
        "uq_consents_open",
        "consents",
        ["student_id", "purpose", "school_year"],
        unique=True,
        postgresql_where=sa.text("state not in ('withdrawn', 'expired')"),
    )
    op.create_table(
        "consent_answers",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("who", sa.String(length=10), nullable=False),
        sa.Column("relation", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("notice_sha256", sa.String(length=64), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=True),
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
        sa.CheckConstraint("(channel = 'phone') = (code_id is not null)", name=op.f("ck_consent_answers_proof")),
        sa.CheckConstraint("answer in ('agree', 'refuse', 'withdraw')", name=op.f("ck_consent_answers_answer")),
        sa.CheckConstraint("channel in ('phone', 'paper')", name=op.f("ck_consent_answers_channel")),
        sa.CheckConstraint("who in ('guardian1', 'guardian2', 'student')", name=op.f("ck_consent_answers_who")),
        sa.ForeignKeyConstraint(["code_id"], ["access_codes.id"], name=op.f("fk_consent_answers_code_id")),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_consent_answers_consent_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_consent_answers_county_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["persons.id"], name=op.f("fk_consent_answers_recorded_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_consent_answers_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_consent_answers_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_answers")),
        sa.UniqueConstraint("ref", name=op.f("uq_consent_answers_ref")),
    )
    op.create_index(op.f("ix_consent_answers_consent_id"), "consent_answers", ["consent_id"], unique=False)
    op.create_index(op.f("ix_consent_answers_county_id"), "consent_answers", ["county_id"], unique=False)
    op.create_index(op.f("ix_consent_answers_school_id"), "consent_answers", ["school_id"], unique=False)
    for table in TABLES:
        protect(table, WALLS.get(table, "consent"))
    op.execute(f"revoke update, delete on consent_answers from {APP}")
    op.execute(f"revoke update, delete on access_code_places from {APP}")


def downgrade() -> None:
    """All five are gone."""
    for table in reversed(TABLES):
        op.drop_table(table)

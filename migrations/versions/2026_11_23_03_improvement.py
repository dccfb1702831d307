"""Monitoring, findings, problem lists, plans, evidence, effects and closures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_23_03_improvement"
down_revision = "2026_11_23_02_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their walls."""

    op.create_table(
        "closure_prints",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_prints")),
        sa.UniqueConstraint("ref", name=op.f("uq_closure_prints_ref")),
    )

    protect("closure_prints", None, outside_act=False)

    op.create_table(
        "printed_plan_facts",
        sa.Column("document_ref", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_plan_facts")),
        sa.UniqueConstraint("document_ref", name=op.f("uq_printed_plan_facts_document_ref")),
        sa.UniqueConstraint("ref", name=op.f("uq_printed_plan_facts_ref")),
    )

    protect("printed_plan_facts", None, outside_act=False)

    op.create_table(
        "document_records",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("file_name", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("file_size", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_document_records_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_document_records_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_records")),
        sa.UniqueConstraint("record_id", "form", name=op.f("uq_document_records_record_id_form")),
        sa.UniqueConstraint("ref", name=op.f("uq_document_records_ref")),
    )
    op.create_index(op.f("ix_document_records_county_id"), "document_records", ["county_id"], unique=False)
    op.create_index(op.f("ix_document_records_record_id"), "document_records", ["record_id"], unique=False)
    op.create_index(op.f("ix_document_records_school_id"), "document_records", ["school_id"], unique=False)

    protect("document_records", "unit", outside_act=False)

    op.create_table(
        "indicators",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("definition", sa.String(length=500), server_default=sa.text("''"), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("domain", sa.String(length=20), nullable=False),
        sa.Column("value_type", sa.String(length=6), nullable=False),
        sa.Column("direction", sa.String(length=6), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("lowest", sa.Float(), nullable=True),
        sa.Column("highest", sa.Float(), nullable=True),
        sa.Column("index_margin", sa.Float(), nullable=True),
        sa.Column("unit_word", sa.String(length=10), nullable=False),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_indicators_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_indicators_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicators")),
        sa.UniqueConstraint("county_id", "code", name=op.f("uq_indicators_county_id_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_indicators_ref")),
    )
    op.create_index(op.f("ix_indicators_county_id"), "indicators", ["county_id"], unique=False)
    op.create_index(op.f("ix_indicators_school_id"), "indicators", ["school_id"], unique=False)

    protect("indicators", None, outside_act=False)

    op.create_table(
        "number_counters",
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("last", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_number_counters_county_id")),
        sa.PrimaryKeyConstraint("county_id", "prefix", name=op.f("pk_number_counters")),
    )

    protect("number_counters", None, outside_act=False)

    op.create_table(
        "arrived_files",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("original_size", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_arrived_files_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_arrived_files_unit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrived_files")),
        sa.UniqueConstraint("person_id", "sha256", name=op.f("uq_arrived_files_person_id_sha256")),
        sa.UniqueConstraint("ref", name=op.f("uq_arrived_files_ref")),
    )

    protect("arrived_files", None, outside_act=True)

    op.create_table(
        "monitoring_cycles",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("grades", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("subjects", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("instrument_version", sa.String(length=20), nullable=False),
        sa.Column("coverage", sa.String(length=10), nullable=False),
        sa.Column("indicator_codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("benchmark_source", sa.String(length=80), nullable=False),
        sa.Column("benchmark_type", sa.String(length=20), server_default=sa.text("'county'"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "document_numbers", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("improve_until", sa.Date(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_monitoring_cycles_county_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_monitoring_cycles_owner_id")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["monitoring_cycles.id"], name=op.f("fk_monitoring_cycles_replaces_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_monitoring_cycles_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_cycles")),
        sa.UniqueConstraint("county_id", "code", name=op.f("uq_monitoring_cycles_county_id_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_monitoring_cycles_ref")),
    )
    op.create_index(op.f("ix_monitoring_cycles_county_id"), "monitoring_cycles", ["county_id"], unique=False)
    op.create_index(op.f("ix_monitoring_cycles_school_id"), "monitoring_cycles", ["school_id"], unique=False)
    op.create_index(op.f("ix_monitoring_cycles_state"), "monitoring_cycles", ["state"], unique=False)

    protect("monitoring_cycles", "county", outside_act=False)

    op.create_table(
        "briefing_records",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("chair", sa.String(length=60), nullable=False),
        sa.Column("attendees", sa.String(length=500), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_briefing_records_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_briefing_records_cycle_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["persons.id"], name=op.f("fk_briefing_records_recorded_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_briefing_records_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_briefing_records_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_records")),
        sa.UniqueConstraint("ref", name=op.f("uq_briefing_records_ref")),
    )
    op.create_index(op.f("ix_briefing_records_county_id"), "briefing_records", ["county_id"], unique=False)
    op.create_index(op.f("ix_briefing_records_cycle_id"), "briefing_records", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_briefing_records_school_id"), "briefing_records", ["school_id"], unique=False)

    protect("briefing_records", "unit", outside_act=False)

    op.create_table(
        "data_releases",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=False),
        sa.Column("dataset_sha256", sa.String(length=64), server_default="", nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_data_releases_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_data_releases_cycle_id")),
        sa.ForeignKeyConstraint(["prepared_by"], ["persons.id"], name=op.f("fk_data_releases_prepared_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_data_releases_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_releases")),
        sa.UniqueConstraint("cycle_id", "audience", name=op.f("uq_data_releases_cycle_id_audience")),
        sa.UniqueConstraint("ref", name=op.f("uq_data_releases_ref")),
    )
    op.create_index(op.f("ix_data_releases_county_id"), "data_releases", ["county_id"], unique=False)
    op.create_index(op.f("ix_data_releases_school_id"), "data_releases", ["school_id"], unique=False)

    protect("data_releases", "unit", outside_act=False)

    op.create_table(
        "feedback_meetings",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=True),
        sa.Column("attendees", sa.String(length=500), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_feedback_meetings_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_feedback_meetings_cycle_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["persons.id"], name=op.f("fk_feedback_meetings_recorded_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_feedback_meetings_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_feedback_meetings_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_meetings")),
        sa.UniqueConstraint("ref", name=op.f("uq_feedback_meetings_ref")),
    )
    op.create_index(op.f("ix_feedback_meetings_county_id"), "feedback_meetings", ["county_id"], unique=False)
    op.create_index(op.f("ix_feedback_meetings_cycle_id"), "feedback_meetings", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_feedback_meetings_school_id"), "feedback_meetings", ["school_id"], unique=False)

    protect("feedback_meetings", "unit", outside_act=False)

    op.create_table(
        "monitoring_results",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("cell_key", sa.String(length=120), nullable=False),
        sa.Column("scope_level", sa.String(length=6), nullable=False),
        sa.Column("grade", sa.String(length=3), nullable=True),
        sa.Column("class_no", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("value_type", sa.String(length=6), nullable=False),
        sa.Column("direction", sa.String(length=6), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("missing", sa.String(length=10), nullable=True),
        sa.Column("benchmark_type", sa.String(length=20), nullable=False),
        sa.Column("benchmark_value", sa.Float(), nullable=True),
        sa.Column("benchmark_se", sa.Float(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("n_expected", sa.Integer(), nullable=True),
        sa.Column("sd", sa.Float(), nullable=True),
        sa.Column("deff", sa.Float(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.String(length=60), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("cell", sa.String(length=10), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("severity", sa.String(length=10), nullable=True),
        sa.Column("effect", sa.Float(), nullable=True),
        sa.Column("effect_low", sa.Float(), nullable=True),
        sa.Column("effect_high", sa.Float(), nullable=True),
        sa.Column("adjusted_p", sa.Float(), nullable=True),
        sa.Column("family_size", sa.Integer(), nullable=True),
        sa.Column("not_eligible", sa.String(length=20), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_monitoring_results_batch_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_monitoring_results_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_monitoring_results_cycle_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicators.id"], name=op.f("fk_monitoring_results_indicator_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_monitoring_results_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_monitoring_results_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_results")),
        sa.UniqueConstraint("ref", name=op.f("uq_monitoring_results_ref")),
    )
    op.create_index(op.f("ix_monitoring_results_batch_id"), "monitoring_results", ["batch_id"], unique=False)
    op.create_index(op.f("ix_monitoring_results_county_id"), "monitoring_results", ["county_id"], unique=False)
    op.create_index(
        "ix_monitoring_results_indicator",
        "monitoring_results",
        ["cycle_id", "indicator_id", "scope_level"],
        unique=False,
    )
    op.create_index("ix_monitoring_results_school", "monitoring_results", ["school_id", "cycle_id"], unique=False)
    op.create_index(op.f("ix_monitoring_results_school_id"), "monitoring_results", ["school_id"], unique=False)
    op.create_index("ix_monitoring_results_unit", "monitoring_results", ["unit_id", "indicator_id"], unique=False)
    op.create_index(
        "uq_monitoring_results_cell",
        "monitoring_results",
        ["cycle_id", "cell_key"],
        unique=True,
        postgresql_where=sa.text("superseded_at is null"),
    )

    protect("monitoring_results", "unit", outside_act=False)

    op.create_table(
        "problem_lists",
        sa.Column("level", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("requirements", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("document_number", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_problem_lists_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_problem_lists_cycle_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_problem_lists_owner_id")),
        sa.ForeignKeyConstraint(["previous_id"], ["problem_lists.id"], name=op.f("fk_problem_lists_previous_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_problem_lists_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_problem_lists_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_lists")),
        sa.UniqueConstraint("county_id", "number", "edition", name=op.f("uq_problem_lists_county_id_number_edition")),
        sa.UniqueConstraint("ref", name=op.f("uq_problem_lists_ref")),
    )
    op.create_index(op.f("ix_problem_lists_county_id"), "problem_lists", ["county_id"], unique=False)
    op.create_index(op.f("ix_problem_lists_school_id"), "problem_lists", ["school_id"], unique=False)
    op.create_index("ix_problem_lists_standing", "problem_lists", ["county_id", "state"], unique=False)
    op.create_index(op.f("ix_problem_lists_state"), "problem_lists", ["state"], unique=False)

    protect("problem_lists", "county", outside_act=False)

    op.create_table(
        "reconciliations",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remarks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("missing_share", sa.Float(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_reconciliations_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_reconciliations_cycle_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_reconciliations_school_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["persons.id"], name=op.f("fk_reconciliations_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        sa.UniqueConstraint("ref", name=op.f("uq_reconciliations_ref")),
    )
    op.create_index(op.f("ix_reconciliations_county_id"), "reconciliations", ["county_id"], unique=False)
    op.create_index(op.f("ix_reconciliations_cycle_id"), "reconciliations", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_reconciliations_school_id"), "reconciliations", ["school_id"], unique=False)

    protect("reconciliations", "unit", outside_act=False)

    op.create_table(
        "release_acks",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("package", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("package_sha256", sa.String(length=64), server_default="", nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.ForeignKeyConstraint(["acknowledged_by"], ["persons.id"], name=op.f("fk_release_acks_acknowledged_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_release_acks_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_release_acks_cycle_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_release_acks_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_release_acks_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_acks")),
        sa.UniqueConstraint("cycle_id", "unit_id", name=op.f("uq_release_acks_cycle_id_unit_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_release_acks_ref")),
    )
    op.create_index(op.f("ix_release_acks_county_id"), "release_acks", ["county_id"], unique=False)
    op.create_index(op.f("ix_release_acks_school_id"), "release_acks", ["school_id"], unique=False)
    op.create_index(op.f("ix_release_acks_state"), "release_acks", ["state"], unique=False)

    protect("release_acks", "unit", outside_act=False)

    op.create_table(
        "data_findings",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("source_type", sa.String(length=20), nullable=False),
        sa.Column("source_reference", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=True),
        sa.Column("grade", sa.String(length=3), nullable=True),
        sa.Column("class_no", sa.Integer(), nullable=True),
        sa.Column("scope_level", sa.String(length=6), nullable=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("indicator_id", sa.Uuid(), nullable=True),
        sa.Column("severity", sa.String(length=10), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("effect", sa.Float(), nullable=True),
        sa.Column("effect_low", sa.Float(), nullable=True),
        sa.Column("effect_high", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=True),
        sa.Column("p", sa.Float(), nullable=True),
        sa.Column("adjusted_p", sa.Float(), nullable=True),
        sa.Column("family_size", sa.Integer(), nullable=True),
        sa.Column("not_eligible", sa.String(length=20), nullable=True),
        sa.Column(
            "provenance", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("interpretation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "cause_hypotheses", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("rejection_kind", sa.String(length=10), nullable=True),
        sa.Column("school_comment", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("commented_by", sa.Uuid(), nullable=True),
        sa.Column("commented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_by_id", sa.Uuid(), nullable=True),
        sa.Column("problem_item_id", sa.Uuid(), nullable=True),
        sa.Column("source_withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["commented_by"], ["persons.id"], name=op.f("fk_data_findings_commented_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["persons.id"], name=op.f("fk_data_findings_confirmed_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_data_findings_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_data_findings_cycle_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicators.id"], name=op.f("fk_data_findings_indicator_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["data_findings.id"], name=op.f("fk_data_findings_merged_into_id")),
        sa.ForeignKeyConstraint(["registered_by"], ["persons.id"], name=op.f("fk_data_findings_registered_by")),
        sa.ForeignKeyConstraint(["result_id"], ["monitoring_results.id"], name=op.f("fk_data_findings_result_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_data_findings_school_id")),
        sa.ForeignKeyConstraint(
            ["superseded_by_id"], ["data_findings.id"], name=op.f("fk_data_findings_superseded_by_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_data_findings_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_findings")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_data_findings_county_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_data_findings_ref")),
    )
    op.create_index(op.f("ix_data_findings_county_id"), "data_findings", ["county_id"], unique=False)
    op.create_index("ix_data_findings_indicator", "data_findings", ["indicator_id", "unit_id"], unique=False)
    op.create_index("ix_data_findings_list", "data_findings", ["county_id", "cycle_id", "state"], unique=False)
    op.create_index(op.f("ix_data_findings_school_id"), "data_findings", ["school_id"], unique=False)
    op.create_index(op.f("ix_data_findings_state"), "data_findings", ["state"], unique=False)
    op.create_index("ix_data_findings_unit", "data_findings", ["unit_id", "state"], unique=False)
    op.create_index(
        "uq_data_findings_result",
        "data_findings",
        ["result_id"],
        unique=True,
        postgresql_where=sa.text("result_id is not null and state <> 'superseded'"),
    )

    protect("data_findings", "unit", outside_act=False)

    op.create_table(
        "list_documents",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("issuer", sa.String(length=80), nullable=False),
        sa.Column("document_number", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["problem_lists.id"], name=op.f("fk_list_documents_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_documents")),
        sa.UniqueConstraint("list_id", "form", name=op.f("uq_list_documents_list_id_form")),
        sa.UniqueConstraint("ref", name=op.f("uq_list_documents_ref")),
    )

    protect("list_documents", None, outside_act=False)

    op.create_table(
        "list_snapshots",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_list_snapshots_county_id")),
        sa.ForeignKeyConstraint(["list_id"], ["problem_lists.id"], name=op.f("fk_list_snapshots_list_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_list_snapshots_school_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["persons.id"], name=op.f("fk_list_snapshots_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_snapshots")),
        sa.UniqueConstraint("list_id", name=op.f("uq_list_snapshots_list_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_list_snapshots_ref")),
    )
    op.create_index(op.f("ix_list_snapshots_county_id"), "list_snapshots", ["county_id"], unique=False)
    op.create_index(op.f("ix_list_snapshots_school_id"), "list_snapshots", ["school_id"], unique=False)

    protect("list_snapshots", "unit", outside_act=False)

    op.create_table(
        "problem_items",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=6), server_default=sa.text("'county'"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("domain_code", sa.String(length=12), server_default=sa.text("'teaching'"), nullable=False),
        sa.Column("source_type", sa.String(length=20), nullable=True),
        sa.Column("severity", sa.String(length=10), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("responsible_person_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("handler_named_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("co_units", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("subject", sa.String(length=20), nullable=True),
        sa.Column("grade", sa.String(length=3), nullable=True),
        sa.Column("indicator_id", sa.Uuid(), nullable=True),
        sa.Column("scope_level", sa.String(length=6), nullable=True),
        sa.Column("baseline", sa.Float(), nullable=True),
        sa.Column("target", sa.Float(), nullable=True),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("criteria", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("resume_on", sa.Date(), nullable=True),
        sa.Column("source_withdrawn_on", sa.Date(), nullable=True),
        sa.Column("objection_grounds", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "objection_files", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("contested_unit_id", sa.Uuid(), nullable=True),
        sa.Column("new_data_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("rationale_accepted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("effect_not_measurable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("closable_on", sa.Date(), nullable=True),
        sa.Column("unresolved_on", sa.Date(), nullable=True),
        sa.Column("iteration", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("recurrence_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("parent_item_id", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["contested_unit_id"], ["units.id"], name=op.f("fk_problem_items_contested_unit_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_problem_items_county_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["persons.id"], name=op.f("fk_problem_items_deputy_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicators.id"], name=op.f("fk_problem_items_indicator_id")),
        sa.ForeignKeyConstraint(["list_id"], ["problem_lists.id"], name=op.f("fk_problem_items_list_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_problem_items_owner_id")),
        sa.ForeignKeyConstraint(["parent_item_id"], ["problem_items.id"], name=op.f("fk_problem_items_parent_item_id")),
        sa.ForeignKeyConstraint(
            ["responsible_person_id"], ["persons.id"], name=op.f("fk_problem_items_responsible_person_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_problem_items_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_problem_items_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_items")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_problem_items_county_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_problem_items_ref")),
    )
    op.create_index("ix_problem_items_board", "problem_items", ["county_id", "unit_id", "state"], unique=False)
    op.create_index(op.f("ix_problem_items_county_id"), "problem_items", ["county_id"], unique=False)
    op.create_index("ix_problem_items_due", "problem_items", ["county_id", "due_on", "id"], unique=False)
    op.create_index("ix_problem_items_indicator", "problem_items", ["indicator_id", "unit_id"], unique=False)
    op.create_index("ix_problem_items_keyset", "problem_items", ["county_id", "id"], unique=False)
    op.create_index(op.f("ix_problem_items_list_id"), "problem_items", ["list_id"], unique=False)
    op.create_index("ix_problem_items_school", "problem_items", ["school_id", "state"], unique=False)
    op.create_index(op.f("ix_problem_items_school_id"), "problem_items", ["school_id"], unique=False)
    op.create_index("ix_problem_items_since", "problem_items", ["county_id", "state_since", "id"], unique=False)
    op.create_index(op.f("ix_problem_items_state"), "problem_items", ["state"], unique=False)

    protect("problem_items", "unit", outside_act=False)

    op.create_table(
        "source_conflicts",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=500), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_unit_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen_id", sa.Uuid(), nullable=True),
        sa.Column("settlement", sa.String(length=1000), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
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
        sa.ForeignKeyConstraint(["answered_by"], ["persons.id"], name=op.f("fk_source_conflicts_answered_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["persons.id"], name=op.f("fk_source_conflicts_asked_by")),
        sa.ForeignKeyConstraint(["asked_unit_id"], ["units.id"], name=op.f("fk_source_conflicts_asked_unit_id")),
        sa.ForeignKeyConstraint(["chosen_id"], ["monitoring_results.id"], name=op.f("fk_source_conflicts_chosen_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_source_conflicts_county_id")),
        sa.ForeignKeyConstraint(["first_id"], ["monitoring_results.id"], name=op.f("fk_source_conflicts_first_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_source_conflicts_school_id")),
        sa.ForeignKeyConstraint(["second_id"], ["monitoring_results.id"], name=op.f("fk_source_conflicts_second_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["persons.id"], name=op.f("fk_source_conflicts_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_conflicts")),
        sa.UniqueConstraint("ref", name=op.f("uq_source_conflicts_ref")),
    )
    op.create_index(op.f("ix_source_conflicts_county_id"), "source_conflicts", ["county_id"], unique=False)
    op.create_index("ix_source_conflicts_first", "source_conflicts", ["first_id"], unique=False)
    op.create_index(op.f("ix_source_conflicts_school_id"), "source_conflicts", ["school_id"], unique=False)
    op.create_index("ix_source_conflicts_second", "source_conflicts", ["second_id"], unique=False)

    protect("source_conflicts", "unit", outside_act=False)

    op.create_table(
        "causes",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("iteration", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("statement", sa.String(length=300), nullable=False),
        sa.Column("controllable", sa.Boolean(), nullable=True),
        sa.Column("evidence_note", sa.String(length=300), nullable=False),
        sa.Column("five_whys", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["added_by"], ["persons.id"], name=op.f("fk_causes_added_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_causes_county_id")),
        sa.ForeignKeyConstraint(["item_id"], ["problem_items.id"], name=op.f("fk_causes_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_causes_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_causes")),
        sa.UniqueConstraint("ref", name=op.f("uq_causes_ref")),
    )
    op.create_index(op.f("ix_causes_county_id"), "causes", ["county_id"], unique=False)
    op.create_index(op.f("ix_causes_item_id"), "causes", ["item_id"], unique=False)
    op.create_index(op.f("ix_causes_school_id"), "causes", ["school_id"], unique=False)

    protect("causes", "unit", outside_act=False)

    op.create_table(
        "finding_supports",
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["added_by"], ["persons.id"], name=op.f("fk_finding_supports_added_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_finding_supports_county_id")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["data_findings.id"], name=op.f("fk_finding_supports_finding_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_finding_supports_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_supports")),
        sa.UniqueConstraint("ref", name=op.f("uq_finding_supports_ref")),
    )
    op.create_index(op.f("ix_finding_supports_county_id"), "finding_supports", ["county_id"], unique=False)
    op.create_index(op.f("ix_finding_supports_finding_id"), "finding_supports", ["finding_id"], unique=False)
    op.create_index(op.f("ix_finding_supports_school_id"), "finding_supports", ["school_id"], unique=False)

    protect("finding_supports", "unit", outside_act=False)

    op.create_table(
        "item_findings",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["data_findings.id"], name=op.f("fk_item_findings_finding_id")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["problem_items.id"], name=op.f("fk_item_findings_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "finding_id", name=op.f("pk_item_findings")),
    )
    op.create_index(op.f("ix_item_findings_finding_id"), "item_findings", ["finding_id"], unique=False)

    protect("item_findings", None, outside_act=False)

    op.create_table(
        "item_remarks",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_item_remarks_county_id")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["problem_items.id"], name=op.f("fk_item_remarks_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_item_remarks_school_id")),
        sa.ForeignKeyConstraint(["written_by"], ["persons.id"], name=op.f("fk_item_remarks_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_remarks")),
        sa.UniqueConstraint("ref", name=op.f("uq_item_remarks_ref")),
    )
    op.create_index(op.f("ix_item_remarks_county_id"), "item_remarks", ["county_id"], unique=False)
    op.create_index(op.f("ix_item_remarks_item_id"), "item_remarks", ["item_id"], unique=False)
    op.create_index(op.f("ix_item_remarks_school_id"), "item_remarks", ["school_id"], unique=False)

    protect("item_remarks", "unit", outside_act=False)

    op.create_table(
        "onsite_checks",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("seen", sa.String(length=8), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["checked_by"], ["persons.id"], name=op.f("fk_onsite_checks_checked_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_onsite_checks_county_id")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["problem_items.id"], name=op.f("fk_onsite_checks_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_onsite_checks_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onsite_checks")),
        sa.UniqueConstraint("ref", name=op.f("uq_onsite_checks_ref")),
    )
    op.create_index(op.f("ix_onsite_checks_county_id"), "onsite_checks", ["county_id"], unique=False)
    op.create_index(op.f("ix_onsite_checks_item_id"), "onsite_checks", ["item_id"], unique=False)
    op.create_index(op.f("ix_onsite_checks_school_id"), "onsite_checks", ["school_id"], unique=False)

    protect("onsite_checks", "unit", outside_act=False)

    op.create_table(
        "remediation_plans",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("problem", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("goal", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("tasks", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("division", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("schedule", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("design", sa.String(length=10), nullable=True),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=True),
        sa.Column("baseline_result_id", sa.Uuid(), nullable=True),
        sa.Column("baseline", sa.Float(), nullable=True),
        sa.Column("baseline_sd", sa.Float(), nullable=True),
        sa.Column("target", sa.Float(), nullable=True),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("min_effect", sa.Float(), nullable=True),
        sa.Column("assurance", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("argumentation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("risks", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("budget_planned", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("budget_used", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("budget_source", sa.String(length=60), server_default=sa.text("''"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
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
            ["baseline_result_id"], ["monitoring_results.id"], name=op.f("fk_remediation_plans_baseline_result_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_remediation_plans_county_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicators.id"], name=op.f("fk_remediation_plans_indicator_id")),
        sa.ForeignKeyConstraint(["item_id"], ["problem_items.id"], name=op.f("fk_remediation_plans_item_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_remediation_plans_owner_id")),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["remediation_plans.id"], name=op.f("fk_remediation_plans_previous_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_remediation_plans_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_remediation_plans_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remediation_plans")),
        sa.UniqueConstraint("item_id", "edition", name=op.f("uq_remediation_plans_item_id_edition")),
        sa.UniqueConstraint("ref", name=op.f("uq_remediation_plans_ref")),
    )
    op.create_index(op.f("ix_remediation_plans_county_id"), "remediation_plans", ["county_id"], unique=False)
    op.create_index("ix_remediation_plans_list", "remediation_plans", ["county_id", "state"], unique=False)
    op.create_index(op.f("ix_remediation_plans_school_id"), "remediation_plans", ["school_id"], unique=False)
    op.create_index(op.f("ix_remediation_plans_state"), "remediation_plans", ["state"], unique=False)
    op.create_index(
        "uq_remediation_plans_in_force",
        "remediation_plans",
        ["item_id"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )

    protect("remediation_plans", "unit", outside_act=False)

    op.create_table(
        "reopenings",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("trigger", sa.String(length=20), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_reopenings_county_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["data_findings.id"], name=op.f("fk_reopenings_finding_id")),
        sa.ForeignKeyConstraint(["item_id"], ["problem_items.id"], name=op.f("fk_reopenings_item_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["persons.id"], name=op.f("fk_reopenings_proposed_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_reopenings_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_reopenings_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopenings")),
        sa.UniqueConstraint("ref", name=op.f("uq_reopenings_ref")),
    )
    op.create_index(op.f("ix_reopenings_county_id"), "reopenings", ["county_id"], unique=False)
    op.create_index(op.f("ix_reopenings_item_id"), "reopenings", ["item_id"], unique=False)
    op.create_index(op.f("ix_reopenings_school_id"), "reopenings", ["school_id"], unique=False)
    op.create_index("ix_reopenings_standing", "reopenings", ["county_id", "state"], unique=False)
    op.create_index(op.f("ix_reopenings_state"), "reopenings", ["state"], unique=False)
    op.create_index(
        "uq_reopenings_open", "reopenings", ["item_id"], unique=True, postgresql_where=sa.text("state = 'proposed'")
    )

    protect("reopenings", "unit", outside_act=False)

    op.create_table(
        "effect_evaluations",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("design", sa.String(length=10), nullable=True),
        sa.Column("item_due_on", sa.Date(), nullable=True),
        sa.Column("baseline_result_id", sa.Uuid(), nullable=True),
        sa.Column(
            "follow_up_ids", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column(
            "comparability", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "criteria_checked", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("computed", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("computed_outcome", sa.String(length=24), nullable=True),
        sa.Column("delta", sa.Float(), nullable=True),
        sa.Column("is_unadjusted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("judgement", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("difference_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "qualitative", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("rationale_accepted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("effect_not_measurable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_outcome", sa.String(length=24), nullable=True),
        sa.Column("proposed_judgement", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
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
            ["baseline_result_id"], ["monitoring_results.id"], name=op.f("fk_effect_evaluations_baseline_result_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_effect_evaluations_county_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["persons.id"], name=op.f("fk_effect_evaluations_decided_by")),
        sa.ForeignKeyConstraint(["item_id"], ["problem_items.id"], name=op.f("fk_effect_evaluations_item_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["remediation_plans.id"], name=op.f("fk_effect_evaluations_plan_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["persons.id"], name=op.f("fk_effect_evaluations_proposed_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_effect_evaluations_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_effect_evaluations_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effect_evaluations")),
        sa.UniqueConstraint("ref", name=op.f("uq_effect_evaluations_ref")),
    )
    op.create_index(op.f("ix_effect_evaluations_county_id"), "effect_evaluations", ["county_id"], unique=False)
    op.create_index("ix_effect_evaluations_item", "effect_evaluations", ["item_id", "state"], unique=False)
    op.create_index(op.f("ix_effect_evaluations_school_id"), "effect_evaluations", ["school_id"], unique=False)
    op.create_index(op.f("ix_effect_evaluations_state"), "effect_evaluations", ["state"], unique=False)
    op.create_index(
        "uq_effect_evaluations_open",
        "effect_evaluations",
        ["plan_id"],
        unique=True,
        postgresql_where=sa.text("state in ('draft', 'data_ready', 'computed', 'returned')"),
    )

    protect("effect_evaluations", "unit", outside_act=False)

    op.create_table(
        "plan_comments",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_plan_comments_county_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["remediation_plans.id"], name=op.f("fk_plan_comments_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_plan_comments_school_id")),
        sa.ForeignKeyConstraint(["written_by"], ["persons.id"], name=op.f("fk_plan_comments_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_comments")),
        sa.UniqueConstraint("ref", name=op.f("uq_plan_comments_ref")),
    )
    op.create_index(op.f("ix_plan_comments_county_id"), "plan_comments", ["county_id"], unique=False)
    op.create_index(op.f("ix_plan_comments_plan_id"), "plan_comments", ["plan_id"], unique=False)
    op.create_index(op.f("ix_plan_comments_school_id"), "plan_comments", ["school_id"], unique=False)

    protect("plan_comments", "unit", outside_act=False)

    op.create_table(
        "plan_documents",
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("list_id", sa.Uuid(), nullable=True),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("part_count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("parts_done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=160), server_default=sa.text("''"), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble_zh", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("trouble_en", sa.Text(), server_default=sa.text("''"), nullable=False),
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
        sa.ForeignKeyConstraint(["asked_by"], ["persons.id"], name=op.f("fk_plan_documents_asked_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_plan_documents_county_id")),
        sa.ForeignKeyConstraint(["list_id"], ["problem_lists.id"], name=op.f("fk_plan_documents_list_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["remediation_plans.id"], name=op.f("fk_plan_documents_plan_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_plan_documents_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_documents")),
        sa.UniqueConstraint("ref", name=op.f("uq_plan_documents_ref")),
    )
    op.create_index(op.f("ix_plan_documents_county_id"), "plan_documents", ["county_id"], unique=False)
    op.create_index(op.f("ix_plan_documents_list_id"), "plan_documents", ["list_id"], unique=False)
    op.create_index(op.f("ix_plan_documents_plan_id"), "plan_documents", ["plan_id"], unique=False)
    op.create_index(op.f("ix_plan_documents_school_id"), "plan_documents", ["school_id"], unique=False)

    protect("plan_documents", "unit", outside_act=False)

    op.create_table(
        "progress_reports",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("blockers", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_progress_reports_county_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["remediation_plans.id"], name=op.f("fk_progress_reports_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["reported_by"], ["persons.id"], name=op.f("fk_progress_reports_reported_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_progress_reports_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_reports")),
        sa.UniqueConstraint("plan_id", "month", name=op.f("uq_progress_reports_plan_id_month")),
        sa.UniqueConstraint("ref", name=op.f("uq_progress_reports_ref")),
    )
    op.create_index(op.f("ix_progress_reports_county_id"), "progress_reports", ["county_id"], unique=False)
    op.create_index(op.f("ix_progress_reports_school_id"), "progress_reports", ["school_id"], unique=False)

    protect("progress_reports", "unit", outside_act=False)

    op.create_table(
        "remediation_actions",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("helpers", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), server_default=sa.text("'teaching'"), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("planned_start", sa.Date(), nullable=True),
        sa.Column("planned_end", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("early_start_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("progress", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("result", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("budget_planned", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("budget_used", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("cancellation_ground", sa.String(length=12), nullable=True),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["cause_id"], ["causes.id"], name=op.f("fk_remediation_actions_cause_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_remediation_actions_county_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_remediation_actions_owner_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["remediation_plans.id"], name=op.f("fk_remediation_actions_plan_id")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["remediation_actions.id"], name=op.f("fk_remediation_actions_replaced_by_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_remediation_actions_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_remediation_actions_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remediation_actions")),
        sa.UniqueConstraint("ref", name=op.f("uq_remediation_actions_ref")),
    )
    op.create_index(op.f("ix_remediation_actions_county_id"), "remediation_actions", ["county_id"], unique=False)
    op.create_index("ix_remediation_actions_owner", "remediation_actions", ["owner_id", "state"], unique=False)
    op.create_index("ix_remediation_actions_plan", "remediation_actions", ["plan_id", "position"], unique=False)
    op.create_index(op.f("ix_remediation_actions_school_id"), "remediation_actions", ["school_id"], unique=False)
    op.create_index(op.f("ix_remediation_actions_state"), "remediation_actions", ["state"], unique=False)

    protect("remediation_actions", "unit", outside_act=False)

    op.create_table(
        "closure_requests",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("self_summary", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "before_after", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "evidence_ids", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("verified_on_site", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("verifier_opinion", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_closure_requests_county_id")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["effect_evaluations.id"], name=op.f("fk_closure_requests_evaluation_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["problem_items.id"], name=op.f("fk_closure_requests_item_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_closure_requests_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_closure_requests_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_closure_requests_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_requests")),
        sa.UniqueConstraint("ref", name=op.f("uq_closure_requests_ref")),
    )
    op.create_index(op.f("ix_closure_requests_county_id"), "closure_requests", ["county_id"], unique=False)
    op.create_index(op.f("ix_closure_requests_school_id"), "closure_requests", ["school_id"], unique=False)
    op.create_index(op.f("ix_closure_requests_state"), "closure_requests", ["state"], unique=False)
    op.create_index(
        "uq_closure_requests_open",
        "closure_requests",
        ["item_id"],
        unique=True,
        postgresql_where=sa.text("state in ('draft', 'submitted', 'verified', 'approved', 'returned')"),
    )

    protect("closure_requests", "unit", outside_act=False)

    op.create_table(
        "evidence_criteria",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("minimum", sa.Integer(), server_default="1", nullable=False),
        sa.Column("maximum", sa.Integer(), server_default="5", nullable=False),
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
            ["action_id"], ["remediation_actions.id"], name=op.f("fk_evidence_criteria_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_evidence_criteria_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_evidence_criteria_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_criteria")),
        sa.UniqueConstraint("ref", name=op.f("uq_evidence_criteria_ref")),
    )
    op.create_index(op.f("ix_evidence_criteria_action_id"), "evidence_criteria", ["action_id"], unique=False)
    op.create_index(op.f("ix_evidence_criteria_county_id"), "evidence_criteria", ["county_id"], unique=False)
    op.create_index(op.f("ix_evidence_criteria_school_id"), "evidence_criteria", ["school_id"], unique=False)

    protect("evidence_criteria", "unit", outside_act=False)

    op.create_table(
        "milestones",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=True),
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
            ["action_id"], ["remediation_actions.id"], name=op.f("fk_milestones_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_milestones_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_milestones_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("ref", name=op.f("uq_milestones_ref")),
    )
    op.create_index(op.f("ix_milestones_action_id"), "milestones", ["action_id"], unique=False)
    op.create_index(op.f("ix_milestones_county_id"), "milestones", ["county_id"], unique=False)
    op.create_index(op.f("ix_milestones_school_id"), "milestones", ["school_id"], unique=False)

    protect("milestones", "unit", outside_act=False)

    op.create_table(
        "evidence",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=60), server_default=sa.text("''"), nullable=False),
        sa.Column("person", sa.String(length=30), server_default=sa.text("''"), nullable=False),
        sa.Column("privacy_checked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
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
        sa.ForeignKeyConstraint(["action_id"], ["remediation_actions.id"], name=op.f("fk_evidence_action_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_evidence_county_id")),
        sa.ForeignKeyConstraint(["criterion_id"], ["evidence_criteria.id"], name=op.f("fk_evidence_criterion_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_evidence_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_evidence_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_evidence_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("ref", name=op.f("uq_evidence_ref")),
    )
    op.create_index("ix_evidence_action", "evidence", ["action_id", "state"], unique=False)
    op.create_index(op.f("ix_evidence_county_id"), "evidence", ["county_id"], unique=False)
    op.create_index("ix_evidence_criterion", "evidence", ["criterion_id"], unique=False)
    op.create_index(op.f("ix_evidence_school_id"), "evidence", ["school_id"], unique=False)
    op.create_index(op.f("ix_evidence_state"), "evidence", ["state"], unique=False)
    op.create_index("ix_evidence_unit", "evidence", ["unit_id", "state"], unique=False)

    protect("evidence", "unit", outside_act=False)

    op.create_table(
        "rechecks",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("seen", sa.String(length=8), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["checked_by"], ["persons.id"], name=op.f("fk_rechecks_checked_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_rechecks_county_id")),
        sa.ForeignKeyConstraint(["item_id"], ["problem_items.id"], name=op.f("fk_rechecks_item_id")),
        sa.ForeignKeyConstraint(["request_id"], ["closure_requests.id"], name=op.f("fk_rechecks_request_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_rechecks_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_rechecks_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rechecks")),
        sa.UniqueConstraint("ref", name=op.f("uq_rechecks_ref")),
    )
    op.create_index(op.f("ix_rechecks_county_id"), "rechecks", ["county_id"], unique=False)
    op.create_index(op.f("ix_rechecks_item_id"), "rechecks", ["item_id"], unique=False)
    op.create_index(op.f("ix_rechecks_school_id"), "rechecks", ["school_id"], unique=False)
    op.create_index(op.f("ix_rechecks_state"), "rechecks", ["state"], unique=False)

    protect("rechecks", "unit", outside_act=False)

    op.create_table(
        "evidence_uses",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=True),
        sa.Column("linked_by", sa.Uuid(), nullable=False),
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
            ["action_id"], ["remediation_actions.id"], name=op.f("fk_evidence_uses_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_evidence_uses_county_id")),
        sa.ForeignKeyConstraint(["criterion_id"], ["evidence_criteria.id"], name=op.f("fk_evidence_uses_criterion_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_uses_evidence_id")),
        sa.ForeignKeyConstraint(["linked_by"], ["persons.id"], name=op.f("fk_evidence_uses_linked_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_evidence_uses_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_uses")),
        sa.UniqueConstraint("evidence_id", "action_id", name=op.f("uq_evidence_uses_evidence_id_action_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_evidence_uses_ref")),
    )
    op.create_index("ix_evidence_uses_action", "evidence_uses", ["action_id"], unique=False)
    op.create_index(op.f("ix_evidence_uses_county_id"), "evidence_uses", ["county_id"], unique=False)
    op.create_index("ix_evidence_uses_criterion", "evidence_uses", ["criterion_id"], unique=False)
    op.create_index(op.f("ix_evidence_uses_school_id"), "evidence_uses", ["school_id"], unique=False)

    protect("evidence_uses", "unit", outside_act=False)

    op.create_table(
        "evidence_versions",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("original_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("media_type", sa.String(length=80), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("checked", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("infected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["added_by"], ["persons.id"], name=op.f("fk_evidence_versions_added_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_evidence_versions_county_id")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_versions_evidence_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_evidence_versions_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_versions")),
        sa.UniqueConstraint("evidence_id", "number", name=op.f("uq_evidence_versions_evidence_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_evidence_versions_ref")),
    )
    op.create_index(op.f("ix_evidence_versions_county_id"), "evidence_versions", ["county_id"], unique=False)
    op.create_index("ix_evidence_versions_file", "evidence_versions", ["file_sha256"], unique=False)
    op.create_index(op.f("ix_evidence_versions_school_id"), "evidence_versions", ["school_id"], unique=False)

    protect("evidence_versions", "unit", outside_act=False)

    op.create_foreign_key(
        "fk_data_findings_problem_item_id", "data_findings", "problem_items", ["problem_item_id"], ["id"]
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_constraint("fk_data_findings_problem_item_id", "data_findings")
    op.drop_table("evidence_versions")
    op.drop_table("evidence_uses")
    op.drop_table("rechecks")
    op.drop_table("evidence")
    op.drop_table("milestones")
    op.drop_table("evidence_criteria")
    op.drop_table("closure_requests")
    op.drop_table("remediation_actions")
    op.drop_table("progress_reports")
    op.drop_table("plan_documents")
    op.drop_table("plan_comments")
    op.drop_table("effect_evaluations")
    op.drop_table("reopenings")
    op.drop_table("remediation_plans")
    op.drop_table("onsite_checks")
    op.drop_table("item_remarks")
    op.drop_table("item_findings")
    op.drop_table("finding_supports")
    op.drop_table("causes")
    op.drop_table("source_conflicts")
    op.drop_table("problem_items")
    op.drop_table("list_snapshots")
    op.drop_table("list_documents")
    op.drop_table("data_findings")
    op.drop_table("release_acks")
    op.drop_table("reconciliations")
    op.drop_table("problem_lists")
    op.drop_table("monitoring_results")
    op.drop_table("feedback_meetings")
    op.drop_table("data_releases")
    op.drop_table("briefing_records")
    op.drop_table("monitoring_cycles")
    op.drop_table("arrived_files")
    op.drop_table("number_counters")
    op.drop_table("indicators")
    op.drop_table("document_records")
    op.drop_table("printed_plan_facts")
    op.drop_table("closure_prints")

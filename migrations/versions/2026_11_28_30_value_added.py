"""Value added: pupils' scores for a few days, reckonings, effects; interpretation reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_28_30_value_added"
down_revision = "2026_11_28_32_progress"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their walls."""

    op.create_table(
        "value_added_runs",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("asked", sa.String(length=12), nullable=False),
        sa.Column("model", sa.String(length=12), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("groups", sa.Integer(), nullable=False),
        sa.Column("coverage", sa.Float(), nullable=False),
        sa.Column("found", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("code_version", sa.String(length=60), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_value_added_runs_batch_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_value_added_runs_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_value_added_runs_cycle_id")),
        sa.ForeignKeyConstraint(["made_by"], ["persons.id"], name=op.f("fk_value_added_runs_made_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_value_added_runs_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_added_runs")),
        sa.UniqueConstraint("ref", name=op.f("uq_value_added_runs_ref")),
    )
    op.create_index(op.f("ix_value_added_runs_county_id"), "value_added_runs", ["county_id"], unique=False)
    op.create_index("ix_value_added_runs_cycle", "value_added_runs", ["cycle_id", "subject"], unique=False)
    op.create_index(op.f("ix_value_added_runs_school_id"), "value_added_runs", ["school_id"], unique=False)

    protect("value_added_runs", "unit", outside_act=False)

    op.create_table(
        "value_added_scores",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("pseudonym", sa.String(length=40), nullable=False),
        sa.Column("class_no", sa.Integer(), nullable=True),
        sa.Column("pre", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "covariates", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("post", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_value_added_scores_batch_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_value_added_scores_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_value_added_scores_cycle_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_value_added_scores_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_added_scores")),
        sa.UniqueConstraint(
            "batch_id", "subject", "pseudonym", name=op.f("uq_value_added_scores_batch_id_subject_pseudonym")
        ),
    )
    op.create_index("ix_value_added_scores_cycle", "value_added_scores", ["cycle_id", "subject"], unique=False)

    protect("value_added_scores", "scores", outside_act=False)

    op.create_table(
        "interpretation_reports",
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("across", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("over_time", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("limits", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("advice", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("dataset_sha256", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_interpretation_reports_county_id")),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_interpretation_reports_cycle_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_interpretation_reports_owner_id")),
        sa.ForeignKeyConstraint(["run_id"], ["value_added_runs.id"], name=op.f("fk_interpretation_reports_run_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_interpretation_reports_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpretation_reports")),
        sa.UniqueConstraint("ref", name=op.f("uq_interpretation_reports_ref")),
    )
    op.create_index(op.f("ix_interpretation_reports_county_id"), "interpretation_reports", ["county_id"], unique=False)
    op.create_index(op.f("ix_interpretation_reports_cycle_id"), "interpretation_reports", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_interpretation_reports_school_id"), "interpretation_reports", ["school_id"], unique=False)
    op.create_index(op.f("ix_interpretation_reports_state"), "interpretation_reports", ["state"], unique=False)

    protect("interpretation_reports", "unit", outside_act=False)

    op.create_table(
        "value_added_effects",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("class_no", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("pre_mean", sa.Float(), nullable=True),
        sa.Column("pre_sd", sa.Float(), nullable=True),
        sa.Column("post_mean", sa.Float(), nullable=True),
        sa.Column("post_sd", sa.Float(), nullable=True),
        sa.Column("effect", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("verdict", sa.String(length=6), nullable=True),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_value_added_effects_county_id")),
        sa.ForeignKeyConstraint(["run_id"], ["value_added_runs.id"], name=op.f("fk_value_added_effects_run_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_value_added_effects_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_value_added_effects_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_added_effects")),
        sa.UniqueConstraint("ref", name=op.f("uq_value_added_effects_ref")),
    )
    op.create_index(op.f("ix_value_added_effects_county_id"), "value_added_effects", ["county_id"], unique=False)
    op.create_index("ix_value_added_effects_school", "value_added_effects", ["school_id", "subject"], unique=False)
    op.create_index(op.f("ix_value_added_effects_school_id"), "value_added_effects", ["school_id"], unique=False)
    op.create_index(
        "uq_value_added_effects",
        "value_added_effects",
        ["run_id", "unit_id", "class_no"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )

    protect("value_added_effects", "unit", outside_act=False)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("value_added_effects")
    op.drop_table("interpretation_reports")
    op.drop_table("value_added_scores")
    op.drop_table("value_added_runs")

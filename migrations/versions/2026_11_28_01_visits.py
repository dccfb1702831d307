"""Visits: the yearly list, visits, team, checklist, findings, sheets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_28_01_visits"
down_revision = "2026_11_28_20_programs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their walls."""

    op.create_table(
        "visit_prints",
        sa.Column("number", sa.String(length=20), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_prints")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_prints_ref")),
    )

    protect("visit_prints", None, outside_act=False)

    op.create_table(
        "supervision_entries",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("basis", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("schools", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("planned_count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
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
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_supervision_entries_dates")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_supervision_entries_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_supervision_entries_school_id")),
        sa.ForeignKeyConstraint(["written_by"], ["persons.id"], name=op.f("fk_supervision_entries_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_entries")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_supervision_entries_county_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_supervision_entries_ref")),
    )
    op.create_index(op.f("ix_supervision_entries_county_id"), "supervision_entries", ["county_id"], unique=False)
    op.create_index(op.f("ix_supervision_entries_school_id"), "supervision_entries", ["school_id"], unique=False)
    op.create_index(
        "ix_supervision_entries_year", "supervision_entries", ["county_id", "year", "from_on"], unique=False
    )

    protect("supervision_entries", "county", outside_act=False)

    op.create_table(
        "supervision_visits",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("focus", sa.String(length=10), server_default=sa.text("'school'"), nullable=False),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("visit_on", sa.Date(), nullable=True),
        sa.Column("is_unannounced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("exception_wanted", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("exception_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("exception_by", sa.Uuid(), nullable=True),
        sa.Column("exception_on", sa.Date(), nullable=True),
        sa.Column("checklist_edition", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft_shown_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("objection_grounds", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("objection_state", sa.String(length=10), nullable=True),
        sa.Column("objection_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("feedback_on", sa.Date(), nullable=True),
        sa.Column("disclosure", sa.String(length=10), server_default=sa.text("'school'"), nullable=False),
        sa.Column("responded_on", sa.Date(), nullable=True),
        sa.Column("is_unanswered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("rectification", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("rectified_on", sa.Date(), nullable=True),
        sa.Column("closing_note", sa.Text(), server_default=sa.text("''"), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_supervision_visits_county_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["supervision_entries.id"], name=op.f("fk_supervision_visits_entry_id")),
        sa.ForeignKeyConstraint(["exception_by"], ["persons.id"], name=op.f("fk_supervision_visits_exception_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_supervision_visits_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_supervision_visits_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_supervision_visits_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_visits")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_supervision_visits_county_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_supervision_visits_ref")),
    )
    op.create_index(op.f("ix_supervision_visits_county_id"), "supervision_visits", ["county_id"], unique=False)
    op.create_index("ix_supervision_visits_day", "supervision_visits", ["county_id", "visit_on"], unique=False)
    op.create_index("ix_supervision_visits_entry", "supervision_visits", ["entry_id"], unique=False)
    op.create_index("ix_supervision_visits_school", "supervision_visits", ["school_id", "state"], unique=False)
    op.create_index(op.f("ix_supervision_visits_school_id"), "supervision_visits", ["school_id"], unique=False)
    op.create_index(op.f("ix_supervision_visits_state"), "supervision_visits", ["state"], unique=False)

    protect("supervision_visits", "unit", outside_act=False)

    op.create_table(
        "visit_documents",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_visit_documents_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_visit_documents_school_id")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["supervision_visits.id"], name=op.f("fk_visit_documents_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_documents")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_documents_ref")),
        sa.UniqueConstraint("visit_id", "edition", "form", name=op.f("uq_visit_documents_visit_id_edition_form")),
    )
    op.create_index(op.f("ix_visit_documents_county_id"), "visit_documents", ["county_id"], unique=False)
    op.create_index(op.f("ix_visit_documents_school_id"), "visit_documents", ["school_id"], unique=False)
    op.create_index(op.f("ix_visit_documents_visit_id"), "visit_documents", ["visit_id"], unique=False)

    protect("visit_documents", "unit", outside_act=False)

    op.create_table(
        "visit_members",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by", sa.Uuid(), nullable=True),
        sa.Column("interest", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("responsibility_id", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["cleared_by"], ["persons.id"], name=op.f("fk_visit_members_cleared_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_visit_members_county_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_visit_members_person_id")),
        sa.ForeignKeyConstraint(
            ["responsibility_id"],
            ["school_responsibilities.id"],
            name=op.f("fk_visit_members_responsibility_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_visit_members_school_id")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["supervision_visits.id"], name=op.f("fk_visit_members_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_members")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_members_ref")),
    )
    op.create_index(op.f("ix_visit_members_county_id"), "visit_members", ["county_id"], unique=False)
    op.create_index("ix_visit_members_person", "visit_members", ["person_id"], unique=False)
    op.create_index(op.f("ix_visit_members_school_id"), "visit_members", ["school_id"], unique=False)
    op.create_index(op.f("ix_visit_members_visit_id"), "visit_members", ["visit_id"], unique=False)
    op.create_index(
        "uq_visit_members_there",
        "visit_members",
        ["visit_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("left_on is null"),
    )

    protect("visit_members", "unit", outside_act=False)

    op.create_table(
        "visit_lines",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("title", sa.String(length=140), nullable=False),
        sa.Column("look_for", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("self_state", sa.String(length=10), nullable=True),
        sa.Column("self_note", sa.Text(), server_default=sa.text("''"), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_visit_lines_county_id")),
        sa.ForeignKeyConstraint(["item_id"], ["problem_items.id"], name=op.f("fk_visit_lines_item_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_visit_lines_school_id")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["supervision_visits.id"], name=op.f("fk_visit_lines_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_lines")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_lines_ref")),
        sa.UniqueConstraint("visit_id", "item_id", name=op.f("uq_visit_lines_visit_id_item_id")),
    )
    op.create_index(op.f("ix_visit_lines_county_id"), "visit_lines", ["county_id"], unique=False)
    op.create_index("ix_visit_lines_item", "visit_lines", ["item_id"], unique=False)
    op.create_index(op.f("ix_visit_lines_school_id"), "visit_lines", ["school_id"], unique=False)
    op.create_index(op.f("ix_visit_lines_visit_id"), "visit_lines", ["visit_id"], unique=False)

    protect("visit_lines", "unit", outside_act=False)

    op.create_table(
        "visit_observations",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("client_key", sa.String(length=36), nullable=False),
        sa.Column("seen", sa.String(length=8), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("observed_by", sa.Uuid(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_by", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_visit_observations_county_id")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["visit_lines.id"], name=op.f("fk_visit_observations_line_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["observed_by"], ["persons.id"], name=op.f("fk_visit_observations_observed_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_visit_observations_school_id")),
        sa.ForeignKeyConstraint(["set_aside_by"], ["persons.id"], name=op.f("fk_visit_observations_set_aside_by")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["supervision_visits.id"], name=op.f("fk_visit_observations_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_observations")),
        sa.UniqueConstraint("line_id", "client_key", name=op.f("uq_visit_observations_line_id_client_key")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_observations_ref")),
    )
    op.create_index(op.f("ix_visit_observations_county_id"), "visit_observations", ["county_id"], unique=False)
    op.create_index(op.f("ix_visit_observations_school_id"), "visit_observations", ["school_id"], unique=False)
    op.create_index(op.f("ix_visit_observations_visit_id"), "visit_observations", ["visit_id"], unique=False)

    protect("visit_observations", "unit", outside_act=False)

    op.create_table(
        "visit_photos",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("client_key", sa.String(length=36), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
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
        sa.ForeignKeyConstraint(["added_by"], ["persons.id"], name=op.f("fk_visit_photos_added_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_visit_photos_county_id")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["visit_lines.id"], name=op.f("fk_visit_photos_line_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_visit_photos_school_id")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["supervision_visits.id"], name=op.f("fk_visit_photos_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_photos")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_photos_ref")),
        sa.UniqueConstraint("visit_id", "client_key", name=op.f("uq_visit_photos_visit_id_client_key")),
    )
    op.create_index(op.f("ix_visit_photos_county_id"), "visit_photos", ["county_id"], unique=False)
    op.create_index("ix_visit_photos_line", "visit_photos", ["line_id"], unique=False)
    op.create_index(op.f("ix_visit_photos_school_id"), "visit_photos", ["school_id"], unique=False)

    protect("visit_photos", "unit", outside_act=False)

    op.create_table(
        "visit_findings",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("evidence", sa.String(length=500), server_default=sa.text("''"), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("becomes", sa.String(length=10), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("measure", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("carried_as", sa.String(length=10), nullable=True),
        sa.Column("check_id", sa.Uuid(), nullable=True),
        sa.Column("data_finding_id", sa.Uuid(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("reopening_id", sa.Uuid(), nullable=True),
        sa.Column("settled_as", sa.String(length=10), nullable=True),
        sa.Column("settled_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
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
        sa.CheckConstraint(
            "kind in ('strength', 'problem', 'recurrence', 'suggestion')", name=op.f("ck_visit_findings_kind")
        ),
        sa.ForeignKeyConstraint(["action_id"], ["remediation_actions.id"], name=op.f("fk_visit_findings_action_id")),
        sa.ForeignKeyConstraint(["check_id"], ["onsite_checks.id"], name=op.f("fk_visit_findings_check_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_visit_findings_county_id")),
        sa.ForeignKeyConstraint(
            ["data_finding_id"], ["data_findings.id"], name=op.f("fk_visit_findings_data_finding_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["problem_items.id"], name=op.f("fk_visit_findings_item_id")),
        sa.ForeignKeyConstraint(["reopening_id"], ["reopenings.id"], name=op.f("fk_visit_findings_reopening_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_visit_findings_school_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["persons.id"], name=op.f("fk_visit_findings_settled_by")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["supervision_visits.id"], name=op.f("fk_visit_findings_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_findings")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_findings_ref")),
    )
    op.create_index(op.f("ix_visit_findings_county_id"), "visit_findings", ["county_id"], unique=False)
    op.create_index("ix_visit_findings_item", "visit_findings", ["item_id"], unique=False)
    op.create_index(op.f("ix_visit_findings_school_id"), "visit_findings", ["school_id"], unique=False)
    op.create_index(op.f("ix_visit_findings_visit_id"), "visit_findings", ["visit_id"], unique=False)

    protect("visit_findings", "unit", outside_act=False)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("visit_findings")
    op.drop_table("visit_photos")
    op.drop_table("visit_observations")
    op.drop_table("visit_lines")
    op.drop_table("visit_members")
    op.drop_table("visit_documents")
    op.drop_table("supervision_visits")
    op.drop_table("supervision_entries")
    op.drop_table("visit_prints")

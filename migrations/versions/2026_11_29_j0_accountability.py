"""Accountability and commendation: records with their window, what they cite, what was said, who sat, what others read."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_j0_accountability"
down_revision = "2026_11_29_i0_citizen_letters"
branch_labels = None
depends_on = None

WINDOW = """
create function refuse_moved_window() returns trigger language plpgsql as $$
begin
    if old.statement_until is not null and new.statement_until is distinct from old.statement_until
       or old.notified_on is not null and new.notified_on is distinct from old.notified_on then
        raise exception 'the window to be heard is not moved once notice was given';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    """Create the tables and their walls; what is printed or said is never changed."""
    op.create_table(
        "accountability_records",
        sa.Column("kind", sa.String(length=14), server_default=sa.text("'accountability'"), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=80), server_default=sa.text("''"), nullable=False),
        sa.Column("account", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("basis", sa.String(length=300), server_default=sa.text("''"), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=True),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("statement_until", sa.Date(), nullable=True),
        sa.Column("unheard", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("body", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("reasons", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("weighed", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("level", sa.String(length=6), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("appeal_until", sa.Date(), nullable=True),
        sa.Column("lapses_on", sa.Date(), nullable=True),
        sa.Column("public_words", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("disclosed_on", sa.Date(), nullable=True),
        sa.Column("appealed_on", sa.Date(), nullable=True),
        sa.Column("appeal_outcome", sa.String(length=8), nullable=True),
        sa.Column("appeal_reasons", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("appeal_settled_on", sa.Date(), nullable=True),
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
            "appeal_outcome in ('upheld', 'changed', 'revoked')", name=op.f("ck_accountability_records_appeal_outcome")
        ),
        sa.CheckConstraint(
            "decided_on is null or (body <> '' and reasons <> '')",
            name=op.f("ck_accountability_records_body_and_reasons"),
        ),
        sa.CheckConstraint(
            "decided_on is null or unheard or weighed <> ''", name=op.f("ck_accountability_records_weighed")
        ),
        sa.CheckConstraint("kind in ('accountability', 'commendation')", name=op.f("ck_accountability_records_kind")),
        sa.CheckConstraint("level in ('party', 'county', 'public')", name=op.f("ck_accountability_records_level")),
        sa.CheckConstraint(
            "state not in ('decided', 'disclosed', 'appealed', 'lapsed', 'revoked', 'dismissed') or decided_on is not null",
            name=op.f("ck_accountability_records_decided"),
        ),
        sa.CheckConstraint(
            "decided_on is null or (statement_until is not null and decided_on > statement_until)",
            name=op.f("ck_accountability_records_heard_first"),
        ),
        sa.CheckConstraint(
            "statement_until is null or statement_until > notified_on", name=op.f("ck_accountability_records_window")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_accountability_records_county_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_accountability_records_owner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_accountability_records_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_accountability_records_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_accountability_records_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_records")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_accountability_records_county_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_accountability_records_ref")),
    )
    op.create_index(op.f("ix_accountability_records_county_id"), "accountability_records", ["county_id"], unique=False)
    op.create_index("ix_accountability_records_person", "accountability_records", ["person_id"], unique=False)
    op.create_index(op.f("ix_accountability_records_school_id"), "accountability_records", ["school_id"], unique=False)
    op.create_index(op.f("ix_accountability_records_state"), "accountability_records", ["state"], unique=False)
    op.create_index("ix_accountability_records_unit", "accountability_records", ["unit_id", "state"], unique=False)

    protect("accountability_records", "unit")
    op.execute(WINDOW)
    op.execute(
        "create trigger refuse_moved_window before update on accountability_records"
        " for each row execute function refuse_moved_window()"
    )

    op.create_table(
        "accountability_facts",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.Column("evaluation_id", sa.Uuid(), nullable=True),
        sa.Column("closure_id", sa.Uuid(), nullable=True),
        sa.Column("said", sa.String(length=300), nullable=False),
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
            "num_nonnulls(item_id, finding_id, evaluation_id, closure_id) = 1",
            name=op.f("ck_accountability_facts_source"),
        ),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["closure_requests.id"], name=op.f("fk_accountability_facts_closure_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_accountability_facts_county_id")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["effect_evaluations.id"], name=op.f("fk_accountability_facts_evaluation_id")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["visit_findings.id"], name=op.f("fk_accountability_facts_finding_id")),
        sa.ForeignKeyConstraint(["item_id"], ["problem_items.id"], name=op.f("fk_accountability_facts_item_id")),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["accountability_records.id"],
            name=op.f("fk_accountability_facts_record_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_accountability_facts_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_facts")),
        sa.UniqueConstraint("ref", name=op.f("uq_accountability_facts_ref")),
    )
    op.create_index("ix_accountability_facts_closure", "accountability_facts", ["closure_id"], unique=False)
    op.create_index(op.f("ix_accountability_facts_county_id"), "accountability_facts", ["county_id"], unique=False)
    op.create_index("ix_accountability_facts_evaluation", "accountability_facts", ["evaluation_id"], unique=False)
    op.create_index("ix_accountability_facts_finding", "accountability_facts", ["finding_id"], unique=False)
    op.create_index("ix_accountability_facts_item", "accountability_facts", ["item_id"], unique=False)
    op.create_index(op.f("ix_accountability_facts_record_id"), "accountability_facts", ["record_id"], unique=False)
    op.create_index(op.f("ix_accountability_facts_school_id"), "accountability_facts", ["school_id"], unique=False)

    protect("accountability_facts", "unit")

    op.create_table(
        "accountability_sayings",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
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
        sa.CheckConstraint("kind in ('statement', 'objection', 'appeal')", name=op.f("ck_accountability_sayings_kind")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_accountability_sayings_county_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_accountability_sayings_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_accountability_sayings_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_accountability_sayings_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_sayings")),
        sa.UniqueConstraint("ref", name=op.f("uq_accountability_sayings_ref")),
    )
    op.create_index(op.f("ix_accountability_sayings_county_id"), "accountability_sayings", ["county_id"], unique=False)
    op.create_index(op.f("ix_accountability_sayings_record_id"), "accountability_sayings", ["record_id"], unique=False)
    op.create_index(op.f("ix_accountability_sayings_school_id"), "accountability_sayings", ["school_id"], unique=False)

    protect("accountability_sayings", "unit")

    op.create_table(
        "accountability_seats",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("hearing", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("is_chair", sa.Boolean(), server_default=sa.text("false"), nullable=False),
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
        sa.CheckConstraint("hearing in ('decision', 'appeal')", name=op.f("ck_accountability_seats_hearing")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_accountability_seats_county_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_accountability_seats_person_id")),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["accountability_records.id"],
            name=op.f("fk_accountability_seats_record_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_accountability_seats_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_seats")),
        sa.UniqueConstraint("record_id", "person_id", name=op.f("uq_accountability_seats_record_id_person_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_accountability_seats_ref")),
    )
    op.create_index(op.f("ix_accountability_seats_county_id"), "accountability_seats", ["county_id"], unique=False)
    op.create_index(op.f("ix_accountability_seats_record_id"), "accountability_seats", ["record_id"], unique=False)
    op.create_index(op.f("ix_accountability_seats_school_id"), "accountability_seats", ["school_id"], unique=False)

    protect("accountability_seats", "unit")

    op.create_table(
        "accountability_notices",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=14), server_default=sa.text("'commendation'"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("words", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
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
        sa.CheckConstraint("kind in ('publicity', 'disclosure')", name=op.f("ck_accountability_notices_kind")),
        sa.CheckConstraint("until_on is null or until_on >= shown_on", name=op.f("ck_accountability_notices_period")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_accountability_notices_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_accountability_notices_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_accountability_notices_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_notices")),
        sa.UniqueConstraint("ref", name=op.f("uq_accountability_notices_ref")),
    )
    op.create_index(op.f("ix_accountability_notices_county_id"), "accountability_notices", ["county_id"], unique=False)
    op.create_index("ix_accountability_notices_record", "accountability_notices", ["record_id"], unique=False)
    op.create_index(op.f("ix_accountability_notices_school_id"), "accountability_notices", ["school_id"], unique=False)

    protect("accountability_notices", "county")

    op.create_table(
        "accountability_documents",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("paper", sa.String(length=10), nullable=False),
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
        sa.CheckConstraint("paper in ('notice', 'decision')", name=op.f("ck_accountability_documents_paper")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_accountability_documents_county_id")),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["accountability_records.id"],
            name=op.f("fk_accountability_documents_record_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_accountability_documents_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_documents")),
        sa.UniqueConstraint(
            "record_id",
            "paper",
            "edition",
            "form",
            name=op.f("uq_accountability_documents_record_id_paper_edition_form"),
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_accountability_documents_ref")),
    )
    op.create_index(
        op.f("ix_accountability_documents_county_id"), "accountability_documents", ["county_id"], unique=False
    )
    op.create_index(
        op.f("ix_accountability_documents_record_id"), "accountability_documents", ["record_id"], unique=False
    )
    op.create_index(
        op.f("ix_accountability_documents_school_id"), "accountability_documents", ["school_id"], unique=False
    )

    protect("accountability_documents", "unit")

    op.create_table(
        "accountability_prints",
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_prints")),
        sa.UniqueConstraint("ref", name=op.f("uq_accountability_prints_ref")),
    )

    protect("accountability_prints", None)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("accountability_prints")
    op.drop_table("accountability_documents")
    op.drop_table("accountability_notices")
    op.drop_table("accountability_seats")
    op.drop_table("accountability_sayings")
    op.drop_table("accountability_facts")
    op.drop_table("accountability_records")
    op.execute("drop function refuse_moved_window()")

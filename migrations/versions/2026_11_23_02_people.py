"""Units, persons, roles, classes, students, accounts, imports, deadlines, outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_23_02_people"
down_revision = "2026_11_23_01_audit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their walls."""

    op.create_table(
        "attempts",
        sa.Column("bucket", sa.String(length=120), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_attempts")),
    )

    protect("attempts", None, outside_act=True)

    op.create_table(
        "audit_verifications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=True),
        sa.Column("first_bad", sa.BigInteger(), nullable=True),
        sa.Column("finding", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_verifications")),
    )

    protect("audit_verifications", None, outside_act=True)

    op.create_table(
        "clock_offset",
        sa.Column("sole", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sole", name=op.f("pk_clock_offset")),
    )

    protect("clock_offset", None, outside_act=True)

    op.create_table(
        "effects",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_effects")),
    )

    protect("effects", None, outside_act=True)

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("queue", sa.String(length=20), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["queue", "due_at"],
        unique=False,
        postgresql_where=sa.text("done_at is null and dead_at is null"),
    )

    protect("outbox", None, outside_act=True)

    op.create_table(
        "units",
        sa.Column("county_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("short_name", sa.String(length=30), nullable=False),
        sa.Column("pinyin", sa.String(length=200), nullable=False),
        sa.Column("school_type", sa.String(length=2), nullable=True),
        sa.Column("address", sa.String(length=120), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("declared_network", sa.String(length=60), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_units_county_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("county_id", "code", name=op.f("uq_units_county_id_code")),
        sa.UniqueConstraint("id", "county_id", name=op.f("uq_units_id_county_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_units_ref")),
    )
    op.create_index("ix_units_kind", "units", ["county_id", "kind"], unique=False)
    op.create_index("ix_units_parent", "units", ["parent_id"], unique=False)

    protect("units", None, outside_act=False)

    op.create_table(
        "vault_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("suite", sa.String(length=8), nullable=False),
        sa.Column("master", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_keys")),
        sa.UniqueConstraint(
            "tenant_id", "purpose", "generation", name=op.f("uq_vault_keys_tenant_id_purpose_generation")
        ),
    )

    protect("vault_keys", None, outside_act=True)

    op.create_table(
        "workday_overrides",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workday_overrides")),
        sa.UniqueConstraint("day", name=op.f("uq_workday_overrides_day")),
        sa.UniqueConstraint("ref", name=op.f("uq_workday_overrides_ref")),
    )

    protect("workday_overrides", None, outside_act=False)

    op.create_table(
        "deadlines",
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("met_by", sa.String(length=40), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_deadlines_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_deadlines_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_deadlines_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sa.UniqueConstraint("ref", name=op.f("uq_deadlines_ref")),
    )
    op.create_index(op.f("ix_deadlines_county_id"), "deadlines", ["county_id"], unique=False)
    op.create_index(
        "ix_deadlines_due", "deadlines", ["due_at"], unique=False, postgresql_where=sa.text("closed_at is null")
    )
    op.create_index("ix_deadlines_record", "deadlines", ["entity", "record_id"], unique=False)
    op.create_index(op.f("ix_deadlines_school_id"), "deadlines", ["school_id"], unique=False)

    protect("deadlines", "unit", outside_act=False)

    op.create_table(
        "persons",
        sa.Column("county_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("staff_no", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("pinyin", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=120), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("qualification_type", sa.String(length=40), nullable=True),
        sa.Column("qualification_expiry", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_persons_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_persons_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_persons_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint(
            "county_id",
            "school_id",
            "staff_no",
            name=op.f("uq_persons_county_id_school_id_staff_no"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_persons_ref")),
    )
    op.create_index("ix_persons_pinyin", "persons", ["county_id", "pinyin"], unique=False)
    op.create_index(op.f("ix_persons_school_id"), "persons", ["school_id"], unique=False)
    op.create_index(op.f("ix_persons_unit_id"), "persons", ["unit_id"], unique=False)

    protect("persons", None, outside_act=False)

    op.create_table(
        "saved_mappings",
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sender", sa.String(length=60), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_saved_mappings_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_mappings")),
        sa.UniqueConstraint("county_id", "kind", "sender", name=op.f("uq_saved_mappings_county_id_kind_sender")),
        sa.UniqueConstraint("ref", name=op.f("uq_saved_mappings_ref")),
    )

    protect("saved_mappings", None, outside_act=False)

    op.create_table(
        "unit_aliases",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.String(length=60), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_unit_aliases_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_unit_aliases_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_aliases_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_aliases")),
        sa.UniqueConstraint("county_id", "alias", name=op.f("uq_unit_aliases_county_id_alias")),
        sa.UniqueConstraint("ref", name=op.f("uq_unit_aliases_ref")),
    )
    op.create_index(op.f("ix_unit_aliases_county_id"), "unit_aliases", ["county_id"], unique=False)
    op.create_index(op.f("ix_unit_aliases_school_id"), "unit_aliases", ["school_id"], unique=False)

    protect("unit_aliases", None, outside_act=False)

    op.create_table(
        "accounts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("epoch", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(length=2), server_default=sa.text("'zh'"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_accounts_county_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
        sa.UniqueConstraint("person_id", name=op.f("uq_accounts_person_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_accounts_ref")),
    )
    op.create_index(op.f("ix_accounts_county_id"), "accounts", ["county_id"], unique=False)

    protect("accounts", None, outside_act=False)

    op.create_table(
        "case_assignments",
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_case_assignments_county_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_case_assignments_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_case_assignments_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_assignments")),
        sa.UniqueConstraint("ref", name=op.f("uq_case_assignments_ref")),
    )
    op.create_index(op.f("ix_case_assignments_county_id"), "case_assignments", ["county_id"], unique=False)
    op.create_index("ix_case_assignments_person", "case_assignments", ["person_id", "entity"], unique=False)
    op.create_index("ix_case_assignments_record", "case_assignments", ["entity", "record_id"], unique=False)
    op.create_index(op.f("ix_case_assignments_school_id"), "case_assignments", ["school_id"], unique=False)

    protect("case_assignments", "unit", outside_act=False)

    op.create_table(
        "deadline_rungs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deadline_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_deadline_rungs_deadline_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_rungs")),
        sa.UniqueConstraint("deadline_id", "name", name=op.f("uq_deadline_rungs_deadline_id_name")),
    )
    op.create_index(
        "ix_deadline_rungs_at", "deadline_rungs", ["at"], unique=False, postgresql_where=sa.text("done_at is null")
    )

    protect("deadline_rungs", None, outside_act=False)

    op.create_table(
        "drafts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=120), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_drafts_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("person_id", "form", name=op.f("uq_drafts_person_id_form")),
        sa.UniqueConstraint("ref", name=op.f("uq_drafts_ref")),
    )

    protect("drafts", None, outside_act=True)

    op.create_table(
        "import_batches",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target_entity", sa.String(length=40), nullable=True),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("target_label", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("target_address", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=60), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("trouble", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("rows_read", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_good", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_warned", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_blocked", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_dropped", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_digest", sa.String(length=64), nullable=True),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("rows_overwritten", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["accepted_by"], ["persons.id"], name=op.f("fk_import_batches_accepted_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_import_batches_county_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_import_batches_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_import_batches_school_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["import_batches.id"], name=op.f("fk_import_batches_supersedes_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_import_batches_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
        sa.UniqueConstraint("ref", name=op.f("uq_import_batches_ref")),
    )
    op.create_index(op.f("ix_import_batches_county_id"), "import_batches", ["county_id"], unique=False)
    op.create_index(op.f("ix_import_batches_school_id"), "import_batches", ["school_id"], unique=False)
    op.create_index(op.f("ix_import_batches_state"), "import_batches", ["state"], unique=False)
    op.create_index("ix_import_batches_target", "import_batches", ["target_entity", "target_id"], unique=False)
    op.create_index(
        "uq_import_batches_file",
        "import_batches",
        ["county_id", "kind", "target_id", "file_sha256"],
        unique=True,
        postgresql_where=sa.text("state not in ('discarded', 'rolled_back')"),
        postgresql_nulls_not_distinct=True,
    )

    protect("import_batches", "unit", outside_act=False)

    op.create_table(
        "inbox_letters",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_inbox_letters_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_letters")),
        sa.UniqueConstraint("ref", name=op.f("uq_inbox_letters_ref")),
    )
    op.create_index("ix_inbox_letters_person", "inbox_letters", ["person_id", "read_at", "created_at"], unique=False)

    protect("inbox_letters", None, outside_act=True)

    op.create_table(
        "role_assignments",
        sa.Column("county_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("subjects", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("is_deputy", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("request_note", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("to_on is null or to_on >= from_on", name=op.f("ck_role_assignments_dates")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_role_assignments_county_id")),
        sa.ForeignKeyConstraint(["granted_by"], ["persons.id"], name=op.f("fk_role_assignments_granted_by")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_role_assignments_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_role_assignments_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_role_assignments_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignments")),
        sa.UniqueConstraint("ref", name=op.f("uq_role_assignments_ref")),
    )
    op.create_index("ix_role_assignments_person", "role_assignments", ["person_id"], unique=False)
    op.create_index("ix_role_assignments_role", "role_assignments", ["county_id", "role", "unit_id"], unique=False)
    op.create_index(
        "uq_role_assignments_administrator",
        "role_assignments",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("role in ('sys_admin', 'security_admin', 'auditor') and to_on is null"),
    )

    protect("role_assignments", None, outside_act=False)

    op.create_table(
        "access_requests",
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_access_requests_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["persons.id"], name=op.f("fk_access_requests_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_requests")),
        sa.UniqueConstraint("browser_hash", name=op.f("uq_access_requests_browser_hash")),
        sa.UniqueConstraint("ref", name=op.f("uq_access_requests_ref")),
    )
    op.create_index("ix_access_requests_account", "access_requests", ["account_id", "created_at"], unique=False)

    protect("access_requests", None, outside_act=True)

    op.create_table(
        "import_files",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("stored_sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
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
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_files_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_import_files_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_import_files_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_files")),
        sa.UniqueConstraint("batch_id", "part", name=op.f("uq_import_files_batch_id_part")),
        sa.UniqueConstraint("ref", name=op.f("uq_import_files_ref")),
    )
    op.create_index(op.f("ix_import_files_county_id"), "import_files", ["county_id"], unique=False)
    op.create_index(op.f("ix_import_files_school_id"), "import_files", ["school_id"], unique=False)

    protect("import_files", "own", outside_act=False)

    op.create_table(
        "import_formers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("former", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_formers_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_import_formers_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_import_formers_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_formers")),
    )
    op.create_index("ix_import_formers_batch", "import_formers", ["batch_id", "entity"], unique=False)

    protect("import_formers", "student", outside_act=False)

    op.create_table(
        "import_progress",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_progress_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_import_progress")),
    )

    protect("import_progress", None, outside_act=True)

    op.create_table(
        "import_reports",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("proposal", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_reports_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_import_reports_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_import_reports_school_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_import_reports")),
    )

    protect("import_reports", "own", outside_act=False)

    op.create_table(
        "import_rows",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("messages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_rows_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_import_rows_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_import_rows_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
        sa.UniqueConstraint("batch_id", "sheet", "row_no", name=op.f("uq_import_rows_batch_id_sheet_row_no")),
    )
    op.create_index(op.f("ix_import_rows_county_id"), "import_rows", ["county_id"], unique=False)
    op.create_index(op.f("ix_import_rows_school_id"), "import_rows", ["school_id"], unique=False)
    op.create_index("ix_import_rows_status", "import_rows", ["batch_id", "status"], unique=False)

    protect("import_rows", "own", outside_act=False)

    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_recovery_codes_account_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_recovery_codes_ref")),
    )

    protect("recovery_codes", None, outside_act=False)

    op.create_table(
        "role_requests",
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("subjects", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("is_deputy", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "decided_by is null or (decided_by <> requested_by and decided_by <> person_id)",
            name=op.f("ck_role_requests_two"),
        ),
        sa.CheckConstraint("to_on is null or to_on >= from_on", name=op.f("ck_role_requests_dates")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["role_assignments.id"], name=op.f("fk_role_requests_assignment_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_role_requests_county_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["persons.id"], name=op.f("fk_role_requests_decided_by")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_role_requests_person_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["persons.id"], name=op.f("fk_role_requests_requested_by")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_role_requests_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_role_requests_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_requests")),
        sa.UniqueConstraint("ref", name=op.f("uq_role_requests_ref")),
    )
    op.create_index(
        "ix_role_requests_open",
        "role_requests",
        ["county_id"],
        unique=False,
        postgresql_where=sa.text("decision is null"),
    )
    op.create_index(op.f("ix_role_requests_person_id"), "role_requests", ["person_id"], unique=False)

    protect("role_requests", None, outside_act=False)

    op.create_table(
        "school_classes",
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=3), nullable=False),
        sa.Column("class_no", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
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
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_school_classes_batch_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_school_classes_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_school_classes_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_classes")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_school_classes_id_school_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_school_classes_ref")),
        sa.UniqueConstraint(
            "school_id",
            "school_year",
            "grade",
            "class_no",
            name=op.f("uq_school_classes_school_id_school_year_grade_class_no"),
        ),
    )
    op.create_index(op.f("ix_school_classes_county_id"), "school_classes", ["county_id"], unique=False)
    op.create_index(op.f("ix_school_classes_school_id"), "school_classes", ["school_id"], unique=False)

    protect("school_classes", "unit", outside_act=False)

    op.create_table(
        "school_responsibilities",
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["role_assignments.id"],
            name=op.f("fk_school_responsibilities_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_school_responsibilities_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_school_responsibilities_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_responsibilities")),
        sa.UniqueConstraint("ref", name=op.f("uq_school_responsibilities_ref")),
    )
    op.create_index("ix_school_responsibilities_assignment", "school_responsibilities", ["assignment_id"], unique=False)

    protect("school_responsibilities", None, outside_act=False)

    op.create_table(
        "sign_in_sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fresh_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end", sa.String(length=20), nullable=True),
        sa.Column("agent", sa.String(length=200), nullable=True),
        sa.Column("address", sa.String(length=60), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sign_in_sessions_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["role_assignments.id"], name=op.f("fk_sign_in_sessions_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sa.UniqueConstraint("ref", name=op.f("uq_sign_in_sessions_ref")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_sessions_token_hash")),
    )
    op.create_index("ix_sign_in_sessions_account", "sign_in_sessions", ["account_id", "ended_at"], unique=False)

    protect("sign_in_sessions", None, outside_act=True)

    op.create_table(
        "students",
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=True),
        sa.Column("student_no", sa.String(length=19), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("pinyin", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("gender", sa.String(length=1), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("grade", sa.String(length=3), nullable=False),
        sa.Column("id_type", sa.String(length=12), server_default=sa.text("'none'"), nullable=False),
        sa.Column("id_index", sa.LargeBinary(), nullable=True),
        sa.Column("private", sa.LargeBinary(), nullable=True),
        sa.Column("private_index", sa.LargeBinary(), nullable=True),
        sa.Column("enrol_year", sa.Integer(), nullable=True),
        sa.Column("boarding", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("left_behind", sa.String(length=4), server_default=sa.text("'none'"), nullable=False),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("guardians", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_students_batch_id")),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"], ["school_classes.id", "school_classes.school_id"], name="class_of_school"
        ),
        sa.ForeignKeyConstraint(["school_id", "county_id"], ["units.id", "units.county_id"], name="school_of_county"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_students")),
        sa.UniqueConstraint("ref", name=op.f("uq_students_ref")),
        sa.UniqueConstraint("school_id", "id_index", name=op.f("uq_students_school_id_id_index")),
        sa.UniqueConstraint("school_id", "student_no", name=op.f("uq_students_school_id_student_no")),
    )
    op.create_index("ix_students_class", "students", ["school_id", "class_id"], unique=False)
    op.create_index("ix_students_pinyin", "students", ["school_id", "pinyin"], unique=False)

    protect("students", "student", outside_act=False)

    op.create_table(
        "teaching_duties",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
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
        sa.ForeignKeyConstraint(["class_id"], ["school_classes.id"], name=op.f("fk_teaching_duties_class_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_teaching_duties_county_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_teaching_duties_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_teaching_duties_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teaching_duties")),
        sa.UniqueConstraint("ref", name=op.f("uq_teaching_duties_ref")),
    )
    op.create_index("ix_teaching_duties_class", "teaching_duties", ["class_id"], unique=False)
    op.create_index(op.f("ix_teaching_duties_county_id"), "teaching_duties", ["county_id"], unique=False)
    op.create_index("ix_teaching_duties_person", "teaching_duties", ["person_id"], unique=False)
    op.create_index(op.f("ix_teaching_duties_school_id"), "teaching_duties", ["school_id"], unique=False)

    protect("teaching_duties", "unit", outside_act=False)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("teaching_duties")
    op.drop_table("students")
    op.drop_table("sign_in_sessions")
    op.drop_table("school_responsibilities")
    op.drop_table("school_classes")
    op.drop_table("role_requests")
    op.drop_table("recovery_codes")
    op.drop_table("import_rows")
    op.drop_table("import_reports")
    op.drop_table("import_progress")
    op.drop_table("import_formers")
    op.drop_table("import_files")
    op.drop_table("access_requests")
    op.drop_table("role_assignments")
    op.drop_table("inbox_letters")
    op.drop_table("import_batches")
    op.drop_table("drafts")
    op.drop_table("deadline_rungs")
    op.drop_table("case_assignments")
    op.drop_table("accounts")
    op.drop_table("unit_aliases")
    op.drop_table("saved_mappings")
    op.drop_table("persons")
    op.drop_table("deadlines")
    op.drop_table("workday_overrides")
    op.drop_table("vault_keys")
    op.drop_table("units")
    op.drop_table("outbox")
    op.drop_table("effects")
    op.drop_table("clock_offset")
    op.drop_table("audit_verifications")
    op.drop_table("attempts")

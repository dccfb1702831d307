"""Citizens' letters: boxes, letters that no school sees, the keys of their codes, answers shown to everybody."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_i0_citizen_letters"
down_revision = "2026_11_29_h2_register_clocks"
branch_labels = None
depends_on = None

SHOWN = "exists (select 1 from citizen_letters l where l.id = record_id)"
THEIRS = f"(entity = 'citizen_letters' and {SHOWN})"
"""Whoever sees a letter sees and keeps its clocks: its writer and an answerer have no county, and a school sees neither."""


def upgrade() -> None:
    """Create the tables, their walls, and the wall of the clocks of letters."""
    op.create_table(
        "letter_boxes",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("school_name", sa.String(length=60), nullable=False),
        sa.Column("county_name", sa.String(length=60), nullable=False),
        sa.Column("inspector_names", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("office_phone", sa.String(length=20), nullable=False),
        sa.Column("office_hours", sa.String(length=60), server_default=sa.text("''"), nullable=False),
        sa.Column("is_open", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("shows_replies", sa.Boolean(), server_default=sa.text("false"), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_letter_boxes_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_letter_boxes_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_letter_boxes_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_boxes")),
        sa.UniqueConstraint("ref", name=op.f("uq_letter_boxes_ref")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_letter_boxes_unit_id")),
    )
    op.create_index(op.f("ix_letter_boxes_county_id"), "letter_boxes", ["county_id"], unique=False)
    op.create_index(op.f("ix_letter_boxes_school_id"), "letter_boxes", ["school_id"], unique=False)
    op.create_table(
        "public_replies",
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=12), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
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
        sa.ForeignKeyConstraint(["box_id"], ["letter_boxes.id"], name=op.f("fk_public_replies_box_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_public_replies_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_public_replies_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_replies")),
        sa.UniqueConstraint("ref", name=op.f("uq_public_replies_ref")),
    )
    op.create_index("ix_public_replies_box", "public_replies", ["box_id", "published_on"], unique=False)
    op.create_index(op.f("ix_public_replies_county_id"), "public_replies", ["county_id"], unique=False)
    op.create_index(op.f("ix_public_replies_school_id"), "public_replies", ["school_id"], unique=False)
    op.create_table(
        "citizen_letters",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.String(length=12), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_erased_on", sa.Date(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("rate_by", sa.Date(), nullable=True),
        sa.Column("round", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rating", sa.String(length=4), nullable=True),
        sa.Column("remark_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("first_answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("first_answered_by", sa.Uuid(), nullable=True),
        sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_remark_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("is_in_time", sa.Boolean(), nullable=True),
        sa.Column("refusal", sa.String(length=12), nullable=True),
        sa.Column("refusal_note", sa.String(length=300), server_default=sa.text("''"), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.Column("reply_id", sa.Uuid(), nullable=True),
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
        sa.CheckConstraint("rating in ('good', 'fair', 'bad')", name=op.f("ck_citizen_letters_rating")),
        sa.CheckConstraint(
            "topic in ('management', 'load', 'food', 'safety', 'charges', 'bullying', 'other')",
            name=op.f("ck_citizen_letters_topic"),
        ),
        sa.CheckConstraint("round in (1, 2)", name=op.f("ck_citizen_letters_round")),
        sa.ForeignKeyConstraint(["answered_by"], ["persons.id"], name=op.f("fk_citizen_letters_answered_by")),
        sa.ForeignKeyConstraint(["box_id"], ["letter_boxes.id"], name=op.f("fk_citizen_letters_box_id")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_citizen_letters_county_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["data_findings.id"], name=op.f("fk_citizen_letters_finding_id")),
        sa.ForeignKeyConstraint(
            ["first_answered_by"], ["persons.id"], name=op.f("fk_citizen_letters_first_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["citizen_letters.id"], name=op.f("fk_citizen_letters_merged_into_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_citizen_letters_owner_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["public_replies.id"], name=op.f("fk_citizen_letters_reply_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_citizen_letters_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_citizen_letters_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen_letters")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_citizen_letters_county_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_citizen_letters_ref")),
    )
    op.create_index(op.f("ix_citizen_letters_county_id"), "citizen_letters", ["county_id"], unique=False)
    op.create_index("ix_citizen_letters_merged", "citizen_letters", ["merged_into_id"], unique=False)
    op.create_index("ix_citizen_letters_owner", "citizen_letters", ["owner_id", "state"], unique=False)
    op.create_index(op.f("ix_citizen_letters_school_id"), "citizen_letters", ["school_id"], unique=False)
    op.create_index(op.f("ix_citizen_letters_state"), "citizen_letters", ["state"], unique=False)
    op.create_table(
        "citizen_letter_codes",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["citizen_letters.id"], name=op.f("fk_citizen_letter_codes_letter_id")),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_citizen_letter_codes")),
    )
    protect("letter_boxes", "public", outside_act=False)
    protect("public_replies", "public", outside_act=False)
    protect("citizen_letters", "letters", outside_act=False)
    protect("citizen_letter_codes", None, outside_act=False)
    op.execute(f"create policy letters_shown on deadlines for select using {THEIRS}")
    op.execute(
        f"create policy letters_added on deadlines for insert with check ({THEIRS} and (select ctx.act()) is not null)"
    )
    op.execute(
        f"create policy letters_changed on deadlines for update using {THEIRS}"
        f" with check ({THEIRS} and (select ctx.act()) is not null)"
    )
    op.execute(
        "create policy letters_hidden on deadlines as restrictive for select"
        f" using (entity <> 'citizen_letters' or {SHOWN})"
    )


def downgrade() -> None:
    """Drop them again."""
    for policy in ("letters_shown", "letters_added", "letters_changed", "letters_hidden"):
        op.execute(f"drop policy {policy} on deadlines")
    for table in ("citizen_letter_codes", "citizen_letters", "public_replies", "letter_boxes"):
        op.drop_table(table)

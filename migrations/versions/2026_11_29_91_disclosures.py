"""Result disclosures and the public pages that everybody may read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import APP, protect

revision = "2026_11_29_91_disclosures"
down_revision = "2026_11_29_90_rainbow"
branch_labels = None
depends_on = None

FROZEN = """
create function refuse_changed_page() returns trigger language plpgsql as $$
begin
    if new.content is distinct from old.content and new.content <> '{}'::jsonb
       or new.slug <> old.slug or new.content_sha256 <> old.content_sha256
       or new.published_on <> old.published_on or old.ended_on is not null and new.ended_on is distinct from old.ended_on then
        raise exception 'a public page is frozen: withdraw it and publish another';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    """Create the tables, their walls, and the trigger that keeps a public page as it was published."""

    op.create_table(
        "public_pages",
        sa.Column("slug", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("bureau", sa.String(length=16), nullable=False),
        sa.Column("county_name", sa.String(length=60), nullable=False),
        sa.Column("issuer", sa.String(length=60), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_as", sa.String(length=10), nullable=True),
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
        sa.CheckConstraint("ended_on is null or content = '{}'::jsonb", name=op.f("ck_public_pages_content_gone")),
        sa.CheckConstraint("(ended_on is null) = (ended_as is null)", name=op.f("ck_public_pages_ended")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_public_pages_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_public_pages_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_public_pages_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_pages")),
        sa.UniqueConstraint("ref", name=op.f("uq_public_pages_ref")),
        sa.UniqueConstraint("slug", name=op.f("uq_public_pages_slug")),
    )
    op.create_index("ix_public_pages_bureau", "public_pages", ["bureau", "published_on"], unique=False)
    op.create_index(op.f("ix_public_pages_county_id"), "public_pages", ["county_id"], unique=False)
    op.create_index("ix_public_pages_record", "public_pages", ["entity", "record_id"], unique=False)
    op.create_index(op.f("ix_public_pages_school_id"), "public_pages", ["school_id"], unique=False)

    protect("public_pages", "public", outside_act=False)
    op.execute(f"revoke delete, truncate on public_pages from {APP}")
    op.execute(FROZEN)
    op.execute(
        "create trigger refuse_changed_page before update on public_pages"
        " for each row execute function refuse_changed_page()"
    )

    op.create_table(
        "result_disclosures",
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("source_kind", sa.String(length=16), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("statement", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("publish_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), server_default=sa.text("''"), nullable=False),
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
            "source_kind in ('results', 'interpretation', 'visit', 'statement')",
            name=op.f("ck_result_disclosures_source_kind"),
        ),
        sa.CheckConstraint(
            "(source_kind = 'results') = (cycle_id is not null)"
            " and (source_kind = 'interpretation') = (report_id is not null)"
            " and (source_kind = 'visit') = (visit_id is not null)",
            name=op.f("ck_result_disclosures_source"),
        ),
        sa.CheckConstraint(
            "until_on is null or publish_on is null or until_on >= publish_on",
            name=op.f("ck_result_disclosures_period"),
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_result_disclosures_county_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["monitoring_cycles.id"], name=op.f("fk_result_disclosures_cycle_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_result_disclosures_owner_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["interpretation_reports.id"], name=op.f("fk_result_disclosures_report_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_result_disclosures_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_result_disclosures_unit_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["supervision_visits.id"], name=op.f("fk_result_disclosures_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_disclosures")),
        sa.UniqueConstraint("ref", name=op.f("uq_result_disclosures_ref")),
    )
    for name in ("county_id", "school_id", "state"):
        op.create_index(op.f(f"ix_result_disclosures_{name}"), "result_disclosures", [name], unique=False)
    for name in ("cycle", "report", "visit"):
        op.create_index(f"ix_result_disclosures_{name}", "result_disclosures", [f"{name}_id"], unique=False)

    protect("result_disclosures", "unit", outside_act=False)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("result_disclosures")
    op.drop_table("public_pages")
    op.execute("drop function refuse_changed_page()")

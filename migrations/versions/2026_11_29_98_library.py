"""The document library: papers and their versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_29_98_library"
down_revision = "2026_11_29_96_quick_context"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their walls."""

    op.create_table(
        "library_documents",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=60), server_default=sa.text("''"), nullable=False),
        sa.Column("category", sa.String(length=10), nullable=False),
        sa.Column("issuer", sa.String(length=80), nullable=False),
        sa.Column("summary", sa.String(length=500), server_default=sa.text("''"), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("printed_on", sa.Date(), nullable=True),
        sa.Column("in_force_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
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
            "category in ('law', 'policy', 'plan', 'guidance', 'notice', 'form')",
            name=op.f("ck_library_documents_category"),
        ),
        sa.CheckConstraint(
            "until_on is null or in_force_on is null or until_on >= in_force_on",
            name=op.f("ck_library_documents_in_force"),
        ),
        sa.CheckConstraint(
            "replaced_by_id is null or replaced_by_id <> id", name=op.f("ck_library_documents_replaced")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_library_documents_county_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_library_documents_owner_id")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["library_documents.id"], name=op.f("fk_library_documents_replaced_by_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_library_documents_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_library_documents_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_documents")),
        sa.UniqueConstraint("ref", name=op.f("uq_library_documents_ref")),
    )
    for name in ("county_id", "replaced_by_id", "school_id"):
        op.create_index(op.f(f"ix_library_documents_{name}"), "library_documents", [name], unique=False)
    op.create_index(
        "ix_library_documents_order", "library_documents", ["county_id", "category", "signed_on"], unique=False
    )
    op.create_index(
        "uq_library_documents_number",
        "library_documents",
        ["county_id", "number"],
        unique=True,
        postgresql_where=sa.text("number <> ''"),
    )

    protect("library_documents", "county", outside_act=False)

    op.create_table(
        "library_versions",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
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
        sa.ForeignKeyConstraint(["added_by"], ["persons.id"], name=op.f("fk_library_versions_added_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_library_versions_county_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["library_documents.id"], name=op.f("fk_library_versions_document_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_library_versions_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_versions")),
        sa.UniqueConstraint("document_id", "edition", name=op.f("uq_library_versions_document_id_edition")),
        sa.UniqueConstraint("ref", name=op.f("uq_library_versions_ref")),
    )
    for name in ("county_id", "document_id", "school_id"):
        op.create_index(op.f(f"ix_library_versions_{name}"), "library_versions", [name], unique=False)

    protect("library_versions", "county", outside_act=False)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("library_versions")
    op.drop_table("library_documents")

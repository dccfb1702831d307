"""Public pages of schools, papers put out to the public, who takes an example up, and names of the roll in public words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_29_A0_school_pages"
down_revision = "2026_11_29_99_students_by_class"
branch_labels = None
depends_on = None

FILL = """
update public_pages p set school = u.ref, school_name = u.name from units u where u.id = p.school_id
"""


def _sources(kinds: str, last: str = "") -> None:
    for name in ("source_kind", "source"):
        op.drop_constraint(op.f(f"ck_result_disclosures_{name}"), "result_disclosures")
    op.create_check_constraint(
        op.f("ck_result_disclosures_source_kind"), "result_disclosures", f"source_kind in ({kinds})"
    )
    op.create_check_constraint(
        op.f("ck_result_disclosures_source"),
        "result_disclosures",
        "(source_kind = 'results') = (cycle_id is not null)"
        " and (source_kind = 'interpretation') = (report_id is not null)"
        f" and (source_kind = 'visit') = (visit_id is not null){last}",
    )


def upgrade() -> None:
    """Columns, the table of adoptions with its wall; pages that are out already learn their school."""
    for name, length in (("school", 16), ("school_name", 60)):
        op.add_column(
            "public_pages", sa.Column(name, sa.String(length=length), server_default=sa.text("''"), nullable=False)
        )
    op.execute("alter table public_pages disable trigger user")
    op.execute("alter table public_pages no force row level security")
    op.execute(FILL)
    op.execute("alter table public_pages force row level security")
    op.execute("alter table public_pages enable trigger user")
    op.create_index(
        "ix_public_pages_school",
        "public_pages",
        ["school", "published_on"],
        unique=False,
        postgresql_where=sa.text("school <> ''"),
    )
    for table in ("result_disclosures", "showcase_entries"):
        op.add_column(table, sa.Column("roll_names", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("result_disclosures", sa.Column("document_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_result_disclosures_document_id"), "result_disclosures", "library_documents", ["document_id"], ["id"]
    )
    op.create_index("ix_result_disclosures_document", "result_disclosures", ["document_id"], unique=False)
    _sources(
        "'results', 'interpretation', 'visit', 'document', 'statement'",
        " and (source_kind = 'document') = (document_id is not null)",
    )

    op.create_table(
        "showcase_adoptions",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(length=300), server_default=sa.text("''"), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.String(length=300), server_default=sa.text("''"), nullable=False),
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
        sa.CheckConstraint("ended_on is null or ended_on >= adopted_on", name=op.f("ck_showcase_adoptions_period")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_showcase_adoptions_county_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_showcase_adoptions_owner_id")),
        sa.ForeignKeyConstraint(["page_id"], ["public_pages.id"], name=op.f("fk_showcase_adoptions_page_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_showcase_adoptions_school_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_showcase_adoptions_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_showcase_adoptions")),
        sa.UniqueConstraint("ref", name=op.f("uq_showcase_adoptions_ref")),
    )
    for name in ("county_id", "school_id"):
        op.create_index(op.f(f"ix_showcase_adoptions_{name}"), "showcase_adoptions", [name], unique=False)
    op.create_index("ix_showcase_adoptions_entry", "showcase_adoptions", ["entry_id"], unique=False)
    op.create_index("ix_showcase_adoptions_unit", "showcase_adoptions", ["unit_id"], unique=False)
    op.create_index(
        "uq_showcase_adoptions_once",
        "showcase_adoptions",
        ["page_id", "unit_id"],
        unique=True,
        postgresql_where=sa.text("ended_on is null"),
    )

    protect("showcase_adoptions", "county", outside_act=False)


def downgrade() -> None:
    """Take it all away again; a paper that is out cannot be kept without its source."""
    op.drop_table("showcase_adoptions")
    op.execute("alter table result_disclosures disable trigger user")
    op.execute("alter table result_disclosures no force row level security")
    op.execute("delete from result_disclosures where source_kind = 'document'")
    op.execute("alter table result_disclosures force row level security")
    op.execute("alter table result_disclosures enable trigger user")
    _sources("'results', 'interpretation', 'visit', 'statement'")
    op.drop_index("ix_result_disclosures_document", "result_disclosures")
    op.drop_column("result_disclosures", "document_id")
    for table in ("result_disclosures", "showcase_entries"):
        op.drop_column(table, "roll_names")
    op.drop_index("ix_public_pages_school", "public_pages")
    for name in ("school", "school_name"):
        op.drop_column("public_pages", name)

"""Papers of the library are sent to all units of some types; each of them signs a receipt."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_29_n1_sendings"
down_revision = "2026_11_29_n0_addressees"
branch_labels = None
depends_on = None

REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")


def _table(name: str, columns: list[sa.Column], references: dict[str, str], *rules: sa.Constraint) -> None:
    named = {"county_id": "units.id", "school_id": "units.id"} | references
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=REF, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        *columns,
        *(sa.ForeignKeyConstraint([c], [to], name=op.f(f"fk_{name}_{c}")) for c, to in named.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{name}_ref")),
        *rules,
    )
    for column in ("county_id", "school_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def upgrade() -> None:
    """Two tables with their walls."""
    _table(
        "document_sendings",
        [
            sa.Column("document_id", sa.Uuid(), nullable=False),
            sa.Column("unit_id", sa.Uuid(), nullable=False),
            sa.Column(
                "addressees", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
            ),
            sa.Column("note", sa.String(length=200), server_default=sa.text("''"), nullable=False),
            sa.Column("sent_on", sa.Date(), nullable=False),
            sa.Column("sign_by", sa.Date(), nullable=False),
            sa.Column("sent_by", sa.Uuid(), nullable=False),
        ],
        {"document_id": "library_documents.id", "unit_id": "units.id", "sent_by": "persons.id"},
    )
    op.create_index("ix_document_sendings_document", "document_sendings", ["document_id"], unique=False)
    protect("document_sendings", "county")
    _table(
        "document_receipts",
        [
            sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
            sa.Column("document_id", sa.Uuid(), nullable=False),
            sa.Column("sending_id", sa.Uuid(), nullable=False),
            sa.Column("unit_id", sa.Uuid(), nullable=False),
            sa.Column("addressee", sa.String(length=8), nullable=False),
            sa.Column("sign_by", sa.Date(), nullable=False),
            sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("signed_by", sa.Uuid(), nullable=True),
        ],
        {
            "document_id": "library_documents.id", "sending_id": "document_sendings.id", "unit_id": "units.id",
            "signed_by": "persons.id",
        },
        sa.UniqueConstraint("document_id", "unit_id", name=op.f("uq_document_receipts_document_id_unit_id")),
        sa.CheckConstraint("(signed_at is null) = (signed_by is null)", name=op.f("ck_document_receipts_signed")),
    )  # fmt: skip
    op.create_index("ix_document_receipts_sending", "document_receipts", ["sending_id"], unique=False)
    protect("document_receipts", "unit")


def downgrade() -> None:
    """Gone again."""
    op.drop_table("document_receipts")
    op.drop_table("document_sendings")

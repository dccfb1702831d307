"""Suppliers of data, their confidentiality agreements, and which of them a file came from."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_29_q1_suppliers"
down_revision = "2026_11_29_p3_levels_and_psyche"
branch_labels = None
depends_on = None

STAYS = """
create function refuse_another_agreement() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'a signed agreement is neither changed nor deleted; add a new one' using errcode = '23514';
end $$;
create trigger agreement_stays before delete or update of supplier_id, edition, number, from_on, until_on, file_sha256,
    file_name, media_type, size, responsible_id, added_by, added_on on supplier_agreements
    for each row execute function refuse_another_agreement();
revoke all on function refuse_another_agreement from public;
"""


def _of_a_record(table: str) -> tuple[sa.Column | sa.Constraint, ...]:
    """What every record has: its names, its version, whose it is."""
    short = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
    return (
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=short, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{table}_ref")),
        _key(table, "county_id", "units"),
        _key(table, "school_id", "units"),
    )


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    """Create the tables and their walls; a file names its supplier."""
    table = "suppliers"
    op.create_table(
        table,
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("data_brought", sa.String(length=300), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        *_of_a_record(table),
        sa.CheckConstraint(
            "kind in ('platform', 'assessor', 'firm', 'research', 'other')", name=op.f("ck_suppliers_kind")
        ),
        _key(table, "unit_id", "units"),
        _key(table, "owner_id", "persons"),
        sa.UniqueConstraint("county_id", "name", name=op.f("uq_suppliers_county_id_name")),
    )
    _agreements("supplier_agreements")
    for name, column in (
        *((name, column) for name in (table, "supplier_agreements") for column in ("county_id", "school_id")),
        ("supplier_agreements", "until_on"),
    ):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)
    protect(table, "unit", outside_act=False)
    protect("supplier_agreements", "unit", outside_act=False)
    op.execute(STAYS)
    op.add_column("import_batches", sa.Column("supplier_id", sa.Uuid(), nullable=True))
    op.add_column(
        "import_batches",
        sa.Column("supplier_name", sa.String(length=80), server_default=sa.text("''"), nullable=False),
    )
    op.create_foreign_key(op.f("fk_import_batches_supplier_id"), "import_batches", "suppliers", ["supplier_id"], ["id"])


def _agreements(table: str) -> None:
    op.create_table(
        table,
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=True),
        *_of_a_record(table),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_supplier_agreements_days")),
        sa.CheckConstraint("reminded in (7, 30)", name=op.f("ck_supplier_agreements_reminded")),
        _key(table, "supplier_id", "suppliers"),
        _key(table, "responsible_id", "persons"),
        _key(table, "added_by", "persons"),
        sa.UniqueConstraint("supplier_id", "edition", name=op.f("uq_supplier_agreements_supplier_id_edition")),
        sa.UniqueConstraint("supplier_id", "number", name=op.f("uq_supplier_agreements_supplier_id_number")),
    )


def downgrade() -> None:
    """Gone again."""
    op.drop_constraint(op.f("fk_import_batches_supplier_id"), "import_batches")
    op.drop_column("import_batches", "supplier_name")
    op.drop_column("import_batches", "supplier_id")
    op.drop_table("supplier_agreements")
    op.drop_table("suppliers")
    op.execute("drop function refuse_another_agreement")

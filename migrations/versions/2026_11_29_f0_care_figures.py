"""Figures of care: frozen weeks that never change, releases for the leading group, and their numbers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_29_f0_care_figures"
down_revision = "2026_11_29_e0_devices"
branch_labels = None
depends_on = None

REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
TABLES = ("figure_snapshots", "figure_releases", "published_figures")
FROZEN = """
create function refuse_changed_figures() returns trigger language plpgsql as $$
begin
    raise exception 'Figures that were frozen are never changed: a correction is a new version.' using errcode = 'check_violation';
end $$
"""


def _record() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=REF, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
    ]


def _keys(table: str, **columns: str) -> list[sa.Constraint]:
    return [
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
            for column, target in {"county_id": "units.id", "school_id": "units.id", **columns}.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{table}_ref")),
    ]


def _snapshots() -> None:
    op.create_table(
        "figure_snapshots",
        *_record(),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("school_year", sa.SmallInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        *_keys("figure_snapshots"),
    )
    whose = sa.text("coalesce(school_id, county_id)")
    op.create_index("uq_figure_snapshots_week", "figure_snapshots", ["county_id", "taken_on", whose], unique=True)


def _releases() -> None:
    table = "figure_releases"
    op.create_table(
        table,
        *_record(),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("version_no", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=1000), server_default=sa.text("''"), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.UniqueConstraint(
            "county_id", "year", "number", "version_no", name=op.f(f"uq_{table}_county_id_year_number_version_no")
        ),
        *_keys(
            table, unit_id="units.id", snapshot_id="figure_snapshots.id", replaces_id="figure_releases.id",
            prepared_by="persons.id", approved_by="persons.id",
        ),
    )  # fmt: skip
    of_number = ["county_id", "year", "number"]
    open_now, out = sa.text("state in ('submitted', 'returned')"), sa.text("state = 'published'")
    op.create_index(f"uq_{table}_open", table, of_number, unique=True, postgresql_where=open_now)
    op.create_index(f"uq_{table}_out", table, of_number, unique=True, postgresql_where=out)


def _numbers() -> None:
    table = "published_figures"
    op.create_table(
        table,
        *_record(),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('share', 'agreement')", name=op.f(f"ck_{table}_kind")),
        sa.CheckConstraint("n >= 5", name=op.f(f"ck_{table}_no_small_cell")),
        sa.UniqueConstraint("release_id", "code", name=op.f(f"uq_{table}_release_id_code")),
        *_keys(table, release_id="figure_releases.id", unit_id="units.id"),
    )


def upgrade() -> None:
    """Three tables; frozen weeks and numbers take no change, a release keeps its content."""
    op.execute(FROZEN)
    _snapshots()
    _releases()
    _numbers()
    for table in TABLES:
        for column in ("county_id", "school_id", *(("state",) if table == "figure_releases" else ())):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
        protect(table, "unit")
    for table in ("figure_snapshots", "published_figures"):
        op.execute(
            f"create trigger keep_figures before update or delete on {table}"
            " for each row execute function refuse_changed_figures()"
        )
    op.execute(
        "create trigger keep_figures before update of content, content_sha256, number, version_no, year on figure_releases"
        " for each row when (old.content is distinct from new.content or old.content_sha256 <> new.content_sha256"
        " or old.number <> new.number or old.version_no <> new.version_no or old.year <> new.year)"
        " execute function refuse_changed_figures()"
    )
    op.execute(
        "create trigger keep_release before delete on figure_releases for each row execute function refuse_changed_figures()"
    )


def downgrade() -> None:
    """Drop them again."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("drop function refuse_changed_figures()")

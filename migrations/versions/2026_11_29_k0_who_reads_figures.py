"""Figures of care are walled by who may read counts: weeks, releases, process facts of a school, and numbers for the region."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect, unprotect

revision = "2026_11_29_k0_who_reads_figures"
down_revision = "2026_11_29_j0_accountability"
branch_labels = None
depends_on = None

WALLS = {"figure_snapshots": "weeks", "figure_releases": "releases", "published_figures": "release_numbers"}
"""Table → its wall, before which it was that of its unit."""
WEEK = "uq_figure_snapshots_week"
OF_THE_REGION = "((select ctx.holds('region_figures')) and county_id = (select ctx.home()))"
REGION = f"""
create policy region on published_figures for select to current_user using (audience = 'region' and {OF_THE_REGION});
create policy region on figure_releases for select to current_user using (state = 'published' and {OF_THE_REGION});
-- What city and province read of the releases that are in force: numbers for them, never the tables behind.
create function care.region_figures() returns table (year smallint, number smallint, version_no smallint, period text,
        published_on date, code text, value float, low float, high float, n int)
    language sql stable security definer set search_path = public, pg_temp as $$
    select r.year, r.number, r.version_no, r.period, r.published_on, p.code, p.value, p.low, p.high, p.n
    from figure_releases r left join published_figures p on p.release_id = r.id and p.audience = 'region'
    where r.state = 'published' and (select ctx.holds('region_figures')) and r.county_id = (select ctx.home())
    order by r.published_on desc, r.year desc, r.number desc, r.version_no desc
$$;
revoke all on function care.region_figures() from public;
grant execute on function care.region_figures() to bihuan_app;
"""


def _week(*besides: str) -> None:
    whose = sa.text("coalesce(school_id, county_id)")
    op.create_index(WEEK, "figure_snapshots", ["county_id", "taken_on", whose, *besides], unique=True)


def upgrade() -> None:
    """A kind of frozen rows, an audience of numbers, three walls and one function."""
    op.add_column("figure_snapshots", sa.Column("kind", sa.String(length=10), server_default="week", nullable=False))
    op.create_check_constraint(op.f("ck_figure_snapshots_kind"), "figure_snapshots", "kind in ('week', 'process')")
    op.add_column(
        "published_figures", sa.Column("audience", sa.String(length=10), server_default="group", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_published_figures_audience"), "published_figures",
        "audience = 'group' or (audience = 'region' and n >= 10)",
    )  # fmt: skip
    op.drop_constraint(op.f("uq_published_figures_release_id_code"), "published_figures")
    op.create_unique_constraint(
        op.f("uq_published_figures_release_id_code_audience"), "published_figures", ["release_id", "code", "audience"]
    )
    op.drop_index(WEEK, "figure_snapshots")
    _week("kind")
    for table, wall in WALLS.items():
        unprotect(table, "unit")
        protect(table, wall)
    op.execute(REGION)


def downgrade() -> None:
    """As it was; numbers of the region and process rows go with their columns."""
    op.execute("drop function care.region_figures()")
    op.execute("drop policy region on figure_releases")
    op.execute("drop policy region on published_figures")
    for table, wall in WALLS.items():
        unprotect(table, wall)
        protect(table, "unit")
    for table, kept in (("figure_snapshots", "kind = 'week'"), ("published_figures", "audience = 'group'")):
        op.execute(f"alter table {table} no force row level security, disable trigger user")
        op.execute(f"delete from {table} where not ({kept})")
        op.execute(f"alter table {table} force row level security, enable trigger user")
    op.drop_index(WEEK, "figure_snapshots")
    _week()
    op.drop_constraint(op.f("uq_published_figures_release_id_code_audience"), "published_figures")
    op.create_unique_constraint(
        op.f("uq_published_figures_release_id_code"), "published_figures", ["release_id", "code"]
    )
    op.drop_column("published_figures", "audience")
    op.drop_column("figure_snapshots", "kind")

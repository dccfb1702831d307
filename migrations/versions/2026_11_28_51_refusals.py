"""How many refusals there were lately, as numbers only: what the system administrator may know of the trail (security 78)."""

from alembic import op

from migrations.protection import APP

revision = "2026_11_28_51_refusals"
down_revision = "2026_11_28_50_incidents"
branch_labels = None
depends_on = None

REFUSALS = """
create function audit.refusals_since(since timestamptz) returns table (total bigint, of_one bigint)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(sum(n), 0)::bigint, coalesce(max(n), 0)::bigint from (
        select count(*) as n from audit.entries e
        where e.kind = 'denial' and e.at >= refusals_since.since group by e.person_id) as each
$$;
"""


def upgrade() -> None:
    """The function."""
    op.execute(REFUSALS)
    op.execute("revoke all on function audit.refusals_since(timestamptz) from public")
    op.execute(f"grant execute on function audit.refusals_since(timestamptz) to {APP}")


def downgrade() -> None:
    """It goes again."""
    op.execute("drop function audit.refusals_since(timestamptz)")

"""How many children's pages somebody opened, counted from the trail, and the alarms when it was too many (security 75)."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, protect

revision = "2026_11_29_n0_reading_budgets"
down_revision = "2026_11_29_n4_hand_offs"
branch_labels = None
depends_on = None

TABLE = "reading_alarms"
REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
TARGETS = {"county_id": "units.id", "school_id": "units.id", "person_id": "persons.id", "settled_by": "persons.id"}
# One's own entries only: nobody else's are counted for whoever asks. The lock lets simultaneous requests of one person
# count one after the other; it goes with the transaction that writes the entry.
OPENED = """
create index ix_entries_opened on audit.entries (person_id, at) include (step)
    where step in ('read.student', 'reading.crossed', 'reading.steady');
create function audit.opened(moment timestamptz)
    returns table (in_hour bigint, in_day bigint, crossed_at timestamptz, steady_at timestamptz)
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare me uuid := ctx.actor();
begin
    perform pg_advisory_xact_lock(771102075, hashtext(me::text));
    return query
        with own as materialized (
            select e.at, e.step from audit.entries e
            where e.person_id = me and e.at > moment - interval '24 hours'
                and e.step in ('read.student', 'reading.crossed', 'reading.steady')),
        last as (select max(o.at) filter (where o.step = 'reading.crossed') as crossed,
                        max(o.at) filter (where o.step = 'reading.steady') as steady from own o)
        select count(o.at) filter (where o.step = 'read.student'
                                   and o.at > greatest(moment - interval '1 hour', l.crossed)),
               count(o.at) filter (where o.step = 'read.student'), l.crossed, l.steady
        from last l left join own o on true group by l.crossed, l.steady;
end $$;
"""


def upgrade() -> None:
    """The index, the count, the table."""
    op.execute(OPENED)
    op.execute("revoke all on function audit.opened(timestamptz) from public")
    op.execute(f"grant execute on function audit.opened(timestamptz) to {APP}")
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=REF, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("finding", sa.String(length=500), nullable=True),
        sa.CheckConstraint("kind in ('hour', 'day')", name=op.f(f"ck_{TABLE}_kind")),
        sa.CheckConstraint("(settled_at is null) = (settled_by is null)", name=op.f(f"ck_{TABLE}_settled")),
        *(sa.ForeignKeyConstraint([col], [to], name=op.f(f"fk_{TABLE}_{col}")) for col, to in TARGETS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
    )
    for column in ("county_id", "school_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column], unique=False)
    op.create_index(f"ix_{TABLE}_at", TABLE, ["county_id", "at"], unique=False)
    protect(TABLE, "readings")


def downgrade() -> None:
    """Without budgets."""
    op.drop_table(TABLE)
    op.execute("drop function audit.opened(timestamptz)")
    op.execute("drop index audit.ix_entries_opened")

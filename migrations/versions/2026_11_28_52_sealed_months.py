"""Old entries of the trail may be sealed: they go, a stub with their last hash stays, and the chain tells of it (security 48)."""

from alembic import op

from migrations.protection import READER

revision = "2026_11_28_52_sealed_months"
down_revision = "2026_11_28_51_refusals"
branch_labels = None
depends_on = None

STUBS = """
create table audit.stubs (
    last_seq bigint primary key,
    first_seq bigint not null,
    last_hash bytea not null,
    told_at bigint not null,
    sealed_at timestamptz not null default clock_timestamp(),
    check (first_seq <= last_seq and last_seq < told_at)
);
create trigger only_grows before update or delete or truncate on audit.stubs
    for each statement execute function audit.refuse_change();
create or replace function audit.refuse_change() returns trigger language plpgsql as $$
begin
    -- The owner seals what has a stub already; the application role may neither delete nor write stubs.
    if tg_op = 'DELETE' and tg_table_name in ('entries', 'details')
        and current_setting('bihuan.sealing', true) = (select max(last_seq)::text from audit.stubs) then
        return null;
    end if;
    raise exception 'the audit trail only grows: % refused', tg_op using errcode = 'insufficient_privilege';
end $$;
"""
BEFORE = """
create or replace function audit.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail only grows: % refused', tg_op using errcode = 'insufficient_privilege';
end $$;
drop table audit.stubs;
"""


def upgrade() -> None:
    """The table of stubs, and the one way past the trigger."""
    op.execute(STUBS)
    op.execute(f"grant select on audit.stubs to {READER}")


def downgrade() -> None:
    """Both go; what was sealed stays away."""
    op.execute(BEFORE)

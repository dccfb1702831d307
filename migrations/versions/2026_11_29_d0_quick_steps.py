"""A step's change and all that it leaves behind are one statement; links are looked after only where one could be lost."""

from alembic import op

revision = "2026_11_29_d0_quick_steps"
down_revision = "2026_11_29_c1_conversions"
branch_labels = None
depends_on = None

# `changed` counts the rows of the update that stands before it in the same statement.
KEEP = """
create function keep_deed_of(changed bigint, writes jsonb, entries jsonb) returns bigint language plpgsql as $$
begin
    if changed <> 1 then
        raise exception 'the record is no longer at the version that was read' using errcode = 'BH409';
    end if;
    return keep_deed(writes, entries);
end $$;
revoke all on function keep_deed_of(bigint, jsonb, jsonb) from public;
grant execute on function keep_deed_of(bigint, jsonb, jsonb) to bihuan_app;
"""
LINKS = {
    "remediation_plans": ("state, item_id", "old.state in ('active', 'completed', 'archived')"),
    "remediation_actions": ("state, plan_id", "old.state = 'completed'"),
    "evidence": ("state, action_id, owner_id", "old.state = 'accepted'"),
}
"""Table → the columns on which a chain hangs, and when a row is a link at all: `chain_gaps` counts no others, and asks of
each of these tables only whether there is one. What becomes a link takes none away."""


def _watch(table: str, columns: str, when: str) -> None:
    op.execute(f"drop trigger whole_chain_of_{table} on {table}")
    op.execute(
        f"create constraint trigger whole_chain_of_{table} after delete or update of {columns} on {table}"
        f" deferrable initially deferred for each row {when} execute function refuse_broken_link()"
    )


def upgrade() -> None:
    """The function, and the three triggers with their condition."""
    op.execute(KEEP)
    for table, (columns, link) in LINKS.items():
        _watch(table, columns, f"when ({link})")


def downgrade() -> None:
    """Every change of these columns is looked at again."""
    for table, (columns, _) in LINKS.items():
        _watch(table, columns, "")
    op.execute("drop function keep_deed_of(bigint, jsonb, jsonb)")

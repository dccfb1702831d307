"""The database itself refuses a move that no state machine knows, and two parts of one record signed by one person."""

from alembic import op

revision = "2026_11_28_30_moves"
down_revision = "2026_11_28_21_account_links"
branch_labels = None
depends_on = None

MOVES = """
create table ctx.moves (
    machine text not null, from_state text not null, to_state text not null, back boolean not null,
    primary key (machine, from_state, to_state, back)
);
create table ctx.other_persons (step text not null, other text not null, primary key (step, other));
create function ctx.refuse_unlawful_move() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from ctx.moves m where m.machine = tg_argv[0] and m.from_state = old.state
                   and m.to_state = new.state and (not m.back or new.state = old.previous_state)) then
        raise exception '%: no step leads from % to %', tg_argv[0], old.state, new.state
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create function audit.refuse_second_part() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from audit.entries e join ctx.other_persons o on o.other = e.step and o.step = new.step
               where e.record_id = new.record_id and e.person_id = new.person_id and e.seq < new.seq) then
        raise exception '%: another person must take this step', new.step using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger two_persons after insert on audit.entries for each row
    when (new.kind = 'step' and new.person_id is not null) execute function audit.refuse_second_part();
"""


def upgrade() -> None:
    """Empty tables of what is lawful, filled from the catalogue of state machines at each start."""
    op.execute(MOVES)
    op.execute("revoke all on function ctx.refuse_unlawful_move() from public")
    op.execute("revoke all on function audit.refuse_second_part() from public")


def downgrade() -> None:
    """The triggers go with their functions."""
    op.execute("drop function audit.refuse_second_part() cascade")
    op.execute("drop function ctx.refuse_unlawful_move() cascade")
    op.execute("drop table ctx.other_persons, ctx.moves")

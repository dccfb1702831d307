"""Tells the database which moves the state machines know and which steps need another person (security 65, 66)."""

from sqlalchemy import Connection, text

from workflows.catalogue import ALL
from workflows.engine import ways

UNGUARDED = text(
    """select c.table_name from information_schema.columns c
       where c.table_schema = 'public' and c.column_name = 'workflow_version' and not exists (
           select from pg_trigger t where t.tgname = 'refuse_unlawful_move'
               and t.tgrelid = format('public.%I', c.table_name)::regclass)"""
)


def write_lawful_moves(connection: Connection) -> None:
    """Fill the database's tables from the catalogue and put its guard on every table of records that move.

    A table is named after its machine: problem_items after problem_item, evidence after evidence.
    Raises LookupError for a table that no machine of the catalogue is named after.
    """
    moves = {(flow.name, *way) for flow in ALL for way in ways(flow)}
    others = {
        (step.key, f"{flow.name}.{other}")
        for flow in ALL
        for step in flow.steps
        if step.four_eyes_when is None
        for other in step.four_eyes
        if "." not in other
    }
    connection.execute(text("delete from ctx.moves"))
    connection.execute(text("delete from ctx.other_persons"))
    into = text("insert into ctx.moves values (:machine, :here, :there, :back)")
    connection.execute(into, [dict(zip(("machine", "here", "there", "back"), move, strict=True)) for move in moves])
    into = text("insert into ctx.other_persons values (:step, :other)")
    connection.execute(into, [{"step": step, "other": other} for step, other in others])
    for table in connection.execute(UNGUARDED).scalars().all():
        connection.execute(
            text(
                f"create trigger refuse_unlawful_move before update of state on {table} for each row"
                f" when (old.state is distinct from new.state)"
                f" execute function ctx.refuse_unlawful_move('{_machine(table)}')"
            )
        )


def _machine(table: str) -> str:
    singular = {table, table.removesuffix("s"), table.removesuffix("es"), f"{table.removesuffix('ies')}y"}
    names = {flow.name for flow in ALL} & singular
    if not names:
        raise LookupError(f"{table}: no state machine of that name; name the table after its machine.")
    return names.pop()

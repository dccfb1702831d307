"""The signed context is asked some twenty times by one step: its readers keep their plans instead of being planned anew."""

from alembic import op

revision = "2026_11_29_96_quick_context"
down_revision = "2026_11_29_95_one_deed"
branch_labels = None
depends_on = None

READERS = {
    "counties": ("uuid[]", "coalesce(translate((ctx.claims()->'counties')::text, '[]\" ', '{}')::uuid[], '{}')"),
    "schools": ("uuid[]", "coalesce(translate((ctx.claims()->'schools')::text, '[]\" ', '{}')::uuid[], '{}')"),
    "is_system": ("boolean", "coalesce((ctx.claims()->>'system')::boolean, false)"),
    "act": ("uuid", "(ctx.claims()->>'act')::uuid"),
    "home": ("uuid", "(ctx.claims()->>'home')::uuid"),
    "actor": ("uuid", "(ctx.claims()->>'actor')::uuid"),
}
PLANNED_ANEW = READERS | {
    "counties": (
        "uuid[]",
        "array(select jsonb_array_elements_text(c->'counties')::uuid) from ctx.claims() c where c is not null",
    ),
    "schools": (
        "uuid[]",
        "array(select jsonb_array_elements_text(c->'schools')::uuid) from ctx.claims() c where c is not null",
    ),
}
GUARDED = "stable security definer set search_path = pg_catalog, pg_temp"
OUTSIDE = """
create or replace function ctx.refuse_outside_act() returns trigger language plpgsql as $$
begin
    if {} is null then
        raise exception 'no act is open: % on % refused', tg_op, tg_table_name using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$"""


def upgrade() -> None:
    """The same answers from functions whose expressions are kept ready for the whole connection."""
    for name, (kind, asked) in READERS.items():
        op.execute(
            f"create or replace function ctx.{name}() returns {kind} language plpgsql {GUARDED} as"
            f" $$ begin return {asked}; end $$"
        )
    op.execute(OUTSIDE.format("ctx.act()"))


def downgrade() -> None:
    """The same answers in the language that plans each question."""
    for name, (kind, asked) in PLANNED_ANEW.items():
        op.execute(
            f"create or replace function ctx.{name}() returns {kind} language sql {GUARDED} as $$ select {asked} $$"
        )
    op.execute(OUTSIDE.format("(select ctx.act())"))

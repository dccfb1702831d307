"""Clocks of letters, requests and registers have their rules in one function: the wall around all clocks had grown to sixty-six
questions, and every step, list and board carried all of them."""

from importlib import import_module

from alembic import op

from migrations.protection import CONDITIONS

revision = "2026_11_29_p1_wall_of_clocks"
down_revision = "2026_11_29_p0_scenarios"
branch_labels = None
depends_on = None

# Both run with the rights of whoever asks: the walls around letters and requests answer for their clocks, as they did.
RULES = """
create function ctx.clock_is_theirs(entity text, record uuid, county uuid) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$
begin
    case entity
    when 'citizen_letters' then return exists (select from public.citizen_letters l where l.id = record);
    when 'rights_requests' then return county = ctx.home() and ctx.holds('requests');
    when 'break_glass', 'identity_grants' then return county = ctx.home() and ctx.holds('register');
    else return false;
    end case;
end $$;
create function ctx.clock_may_be_told(entity text, record uuid) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$
begin
    case entity
    when 'citizen_letters' then return exists (select from public.citizen_letters l where l.id = record);
    when 'rights_requests' then return exists (select from public.rights_requests r where r.id = record);
    else return true;
    end case;
end $$;
revoke all on function ctx.clock_is_theirs, ctx.clock_may_be_told from public;
grant execute on function ctx.clock_is_theirs, ctx.clock_may_be_told to bihuan_app
"""
UNIT, INSIDE = CONDITIONS["unit"], "(select ctx.act()) is not null"
THEIRS = "ctx.clock_is_theirs(entity, record_id, county_id)"
SHOWN = f"({UNIT} or (entity in ('citizen_letters', 'rights_requests', 'break_glass', 'identity_grants') and {THEIRS}))"
ADDED = f"({UNIT} or (entity = 'citizen_letters' and {THEIRS}))"
TOLD = "(entity not in ('citizen_letters', 'rights_requests') or ctx.clock_may_be_told(entity, record_id))"
POLICIES = {
    "shown": f"for select using ({SHOWN})",
    "told": f"as restrictive for select using {TOLD}",
    "added": f"for insert with check ({ADDED} and {INSIDE})",
    "changed": f"for update using ({SHOWN}) with check ({SHOWN} and {INSIDE})",
}


def _beside(prefix: str, theirs: str) -> dict[str, str]:
    return {
        f"{prefix}_shown": f"for select using {theirs}",
        f"{prefix}_changed": f"for update using {theirs} with check ({theirs} and {INSIDE})",
    }


def _before() -> dict[str, str]:
    letters = import_module("migrations.versions.2026_11_29_i0_citizen_letters")
    registers = import_module("migrations.versions.2026_11_29_h2_register_clocks").THEIRS
    requests = import_module("migrations.versions.2026_11_29_l0_rights_requests").THEIRS
    request = "exists (select from rights_requests r where r.id = record_id)"
    return {
        "shown": f"for select using ({UNIT})",
        "added": f"for insert with check ({UNIT} and {INSIDE})",
        "changed": f"for update using ({UNIT}) with check ({UNIT} and {INSIDE})",
        **_beside("letters", letters.THEIRS),
        "letters_added": f"for insert with check ({letters.THEIRS} and {INSIDE})",
        "letters_hidden": f"as restrictive for select using (entity <> 'citizen_letters' or {letters.SHOWN})",
        **_beside("registers", registers),
        **_beside("rights", requests),
        "rights_hidden": f"as restrictive for select using (entity <> 'rights_requests' or {request})",
    }


def _put_up(policies: dict[str, str], instead_of: dict[str, str]) -> None:
    for name in instead_of:
        op.execute(f"drop policy {name} on deadlines")
    for name, rule in policies.items():
        op.execute(f"create policy {name} on deadlines {rule}")


def upgrade() -> None:
    """The two functions, and four policies instead of twelve."""
    op.execute(RULES)
    _put_up(POLICIES, instead_of=_before())


def downgrade() -> None:
    """A policy of its own for each kind of clock."""
    _put_up(_before(), instead_of=POLICIES)
    op.execute("drop function ctx.clock_is_theirs, ctx.clock_may_be_told")

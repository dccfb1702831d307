"""The signed context is one line of fields behind its seal: a wall reads it in half the time, and a step reads it thirty times."""

from alembic import op

revision = "2026_11_29_g0_terse_context"
down_revision = "2026_11_29_f0_care_figures"
branch_labels = None
depends_on = None

GUARDED = "stable security definer set search_path = pg_catalog, pg_temp"
# Bytes, because counting the characters of a text costs more than its seal; nothing of the line is looked at before the
# seal has proved right.
SAID = f"""
create function ctx.said() returns text language plpgsql {GUARDED} as $$
declare
    token bytea := convert_to(current_setting('bihuan.context', true), 'UTF8');
    inner_pad bytea; outer_pad bytea; said text;
begin
    if token is null then return null; end if;
    select s.inner_pad, s.outer_pad into inner_pad, outer_pad from ctx.secret s;
    if encode(sha256(outer_pad || sha256(inner_pad || substr(token, 65))), 'hex')::bytea
        is distinct from substr(token, 1, 64) then return null; end if;
    said := convert_from(substr(token, 65), 'UTF8');
    if split_part(said, '|', 1)::int is distinct from pg_backend_pid()
        or split_part(said, '|', 2)::bigint < extract(epoch from clock_timestamp()) then return null; end if;
    return said;
end $$;
revoke all on function ctx.said() from public;
grant execute on function ctx.said() to bihuan_app
"""
READERS = {
    "is_system()": ("boolean", "coalesce(split_part(ctx.said(), '|', 3) = 't', false)"),
    "act()": ("uuid", "nullif(split_part(ctx.said(), '|', 4), '')::uuid"),
    "actor()": ("uuid", "nullif(split_part(ctx.said(), '|', 5), '')::uuid"),
    "home()": ("uuid", "nullif(split_part(ctx.said(), '|', 6), '')::uuid"),
    "counties()": ("uuid[]", "coalesce(split_part(ctx.said(), '|', 7)::uuid[], '{}')"),
    "schools()": ("uuid[]", "coalesce(split_part(ctx.said(), '|', 8)::uuid[], '{}')"),
    "holds(class text)": ("boolean", "coalesce(class = any(split_part(ctx.said(), '|', 9)::text[]), false)"),
}

CLAIMS = f"""
create function ctx.claims() returns jsonb language plpgsql {GUARDED} as $$
declare
    token text := current_setting('bihuan.context', true);
    body text; keys ctx.secret%rowtype; claims jsonb;
begin
    if token is null or length(token) < 66 then return null; end if;
    body := left(token, -65);
    select * into keys from ctx.secret;
    if encode(sha256(keys.outer_pad || sha256(keys.inner_pad || convert_to(body, 'UTF8'))), 'hex')
        is distinct from right(token, 64) then return null; end if;
    claims := body::jsonb;
    if (claims->>'pid')::int is distinct from pg_backend_pid()
        or (claims->>'exp')::bigint < extract(epoch from clock_timestamp()) then return null; end if;
    return claims;
end $$;
revoke all on function ctx.claims() from public;
grant execute on function ctx.claims() to bihuan_app
"""
BEFORE = {
    "is_system()": ("boolean", "coalesce((ctx.claims()->>'system')::boolean, false)"),
    "act()": ("uuid", "(ctx.claims()->>'act')::uuid"),
    "actor()": ("uuid", "(ctx.claims()->>'actor')::uuid"),
    "home()": ("uuid", "(ctx.claims()->>'home')::uuid"),
    "counties()": ("uuid[]", "coalesce(translate((ctx.claims()->'counties')::text, '[]\" ', '{}')::uuid[], '{}')"),
    "schools()": ("uuid[]", "coalesce(translate((ctx.claims()->'schools')::text, '[]\" ', '{}')::uuid[], '{}')"),
    "holds(class text)": ("boolean", "coalesce((ctx.claims()->'classes') ? class, false)"),
}


def _read_by(readers: dict[str, tuple[str, str]]) -> None:
    for name, (kind, asked) in readers.items():
        op.execute(
            f"create or replace function ctx.{name} returns {kind} language plpgsql {GUARDED} as"
            f" $$ begin return {asked}; end $$"
        )


def upgrade() -> None:
    """The same answers from a line of fields; no JSON any more."""
    op.execute(SAID)
    _read_by(READERS)
    op.execute("drop function ctx.claims()")


def downgrade() -> None:
    """The same answers from JSON with its seal behind."""
    op.execute(CLAIMS)
    _read_by(BEFORE)
    op.execute("drop function ctx.said()")

"""A step reads the walls a dozen times instead of twenty, and each look costs less; they let through what they did before.

A row is first held against the schools of whoever asks, then against the counties: most who work here belong to a school,
and had the seal of their context proved twice for each row. The readers of the context prove the seal themselves instead
of calling for it. A detail of the trail is no longer looked up behind its entry: both come from one hand, `audit.append`,
and the chain tells of one without the other. The refusal of a write outside an act is called only where none is open.
"""

from alembic import op

revision = "2026_11_30_z4_quick_walls"
down_revision = "2026_11_30_z3_taken_back"
branch_labels = None
depends_on = None

GUARDED = "stable security definer set search_path = pg_catalog, pg_temp"
PROVED = f"""{GUARDED} as $$
declare
    token bytea := convert_to(current_setting('bihuan.context', true), 'UTF8');
    inner_pad bytea; outer_pad bytea; said text;
begin
    if token is null then return %(nothing)s; end if;
    select s.inner_pad, s.outer_pad into inner_pad, outer_pad from ctx.secret s;
    if encode(sha256(outer_pad || sha256(inner_pad || substr(token, 65))), 'hex')::bytea
        is distinct from substr(token, 1, 64) then return %(nothing)s; end if;
    said := convert_from(substr(token, 65), 'UTF8');
    if split_part(said, '|', 1)::int is distinct from pg_backend_pid()
        or split_part(said, '|', 2)::bigint < extract(epoch from clock_timestamp()) then return %(nothing)s; end if;
    return %(answer)s;
end $$"""
READERS = {
    "is_system()": ("boolean", "coalesce(split_part({said}, '|', 3) = 't', false)", "false"),
    "act()": ("uuid", "nullif(split_part({said}, '|', 4), '')::uuid", "null"),
    "actor()": ("uuid", "nullif(split_part({said}, '|', 5), '')::uuid", "null"),
    "home()": ("uuid", "nullif(split_part({said}, '|', 6), '')::uuid", "null"),
    "counties()": ("uuid[]", "coalesce(split_part({said}, '|', 7)::uuid[], '{{}}')", "'{}'"),
    "schools()": ("uuid[]", "coalesce(split_part({said}, '|', 8)::uuid[], '{{}}')", "'{}'"),
    "holds(class text)": ("boolean", "coalesce(class = any(split_part({said}, '|', 9)::text[]), false)", "false"),
}
COUNTY = "(county_id = ANY (( SELECT ctx.counties() AS counties)::uuid[]))"
SCHOOL = "(school_id = ANY (( SELECT ctx.schools() AS schools)::uuid[]))"
TURN = """
do $$
declare p record;
begin
    for p in select * from pg_policies where strpos(coalesce(qual, '') || coalesce(with_check, ''), '{before}') > 0 loop
        execute format('alter policy %I on %I.%I', p.policyname, p.schemaname, p.tablename)
            || coalesce(' using (' || replace(p.qual, '{before}', '{after}') || ')', '')
            || coalesce(' with check (' || replace(p.with_check, '{before}', '{after}') || ')', '');
    end loop;
end $$
"""
ALONE, WHERE_NONE = "FOR EACH STATEMENT EXECUTE", "FOR EACH STATEMENT WHEN ((ctx.act() IS NULL)) EXECUTE"
CALLED = """
do $$
declare t record;
begin
    for t in select replace(pg_get_triggerdef(oid), 'CREATE TRIGGER', 'create or replace trigger') as made
             from pg_trigger where tgfoid = 'ctx.refuse_outside_act'::regproc loop
        execute replace(t.made, '{before}', '{after}');
    end loop;
end $$
"""


def _turn(before: str, after: str) -> None:
    op.execute(TURN.format(before=before, after=after))


def upgrade() -> None:
    """Schools first, one function instead of two for each look, no key behind the details, refusals only where due."""
    _turn(f"{COUNTY} OR {SCHOOL}", f"{SCHOOL} OR {COUNTY}")
    for name, (kind, answer, nothing) in READERS.items():
        proved = PROVED % {"answer": answer.format(said="said"), "nothing": nothing}
        op.execute(f"create or replace function ctx.{name} returns {kind} language plpgsql {proved}")
    op.execute("alter table audit.details drop constraint details_seq_fkey")
    op.execute(CALLED.format(before=ALONE, after=WHERE_NONE))


def downgrade() -> None:
    """As it was."""
    op.execute(CALLED.format(before=WHERE_NONE, after=ALONE))
    op.execute(
        "alter table audit.details add constraint details_seq_fkey foreign key (seq) references audit.entries (seq)"
    )
    for name, (kind, answer, _nothing) in READERS.items():
        asked = answer.format(said="ctx.said()")
        op.execute(
            f"create or replace function ctx.{name} returns {kind} language plpgsql {GUARDED} as"
            f" $$ begin return {asked}; end $$"
        )
    _turn(f"{SCHOOL} OR {COUNTY}", f"{COUNTY} OR {SCHOOL}")

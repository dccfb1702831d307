"""A write outside an act is refused once: by the wall where there is one, by the trigger elsewhere.

Behind a wall the new row has to stand in an open act (`with check`), so inserts and updates asked for it twice. Only a
delete, which a wall would let come to nothing without a word, is still refused by the trigger as well.
"""

from alembic import op

revision = "2026_11_30_z6_one_refusal"
down_revision = "2026_11_30_z5_decisions_wait"
branch_labels = None
depends_on = None

ALL, DELETES = "BEFORE INSERT OR DELETE OR UPDATE ON", "BEFORE DELETE ON"
TURN = """
do $$
declare t record;
begin
    for t in select replace(pg_get_triggerdef(g.oid), 'CREATE TRIGGER', 'create or replace trigger') as made
             from pg_trigger g join pg_class c on c.oid = g.tgrelid
             where g.tgfoid = 'ctx.refuse_outside_act'::regproc and c.relrowsecurity and c.relforcerowsecurity
                 and (select array_agg(p.polcmd order by p.polcmd) from pg_policy p where p.polrelid = c.oid
                          and p.polpermissive and p.polcmd in ('a', 'w')
                          and pg_get_expr(p.polwithcheck, p.polrelid) like '%(( SELECT ctx.act() AS act) IS NOT NULL))')
                     = '{{a,w}}'::"char"[]
                 and not exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd = '*')
    loop
        execute replace(t.made, '{before}', '{after}');
    end loop;
end $$
"""


def upgrade() -> None:
    """Where both writing policies ask for the act, the trigger is left to deletes."""
    op.execute(TURN.format(before=ALL, after=DELETES))


def downgrade() -> None:
    """The trigger refuses all three again."""
    op.execute(TURN.format(before=DELETES, after=ALL))

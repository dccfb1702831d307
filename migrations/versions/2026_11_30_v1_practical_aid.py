"""For whom practical aid is to be considered: the head of the school reads the name, never the facts (decision 55).

The function runs as the owner of the tables, for whom there is a policy that nobody else has.
"""

from alembic import op

revision = "2026_11_30_v1_practical_aid"
down_revision = "2026_11_30_v0_ladders"
branch_labels = None
depends_on = None

SIGHT = "school_id = any((select ctx.schools())::uuid[]) and (select ctx.holds('care_aid'))"
FUNCTION = """
create function care.aid() returns table (ref text, name text, student_no text, class_name text)
    language sql stable security definer set search_path = public, pg_temp as $$
    select s.ref, s.name, s.student_no, k.name
    from (select distinct on (c.student_id) c.student_id, c.flags from rainbow_computations c
            where c.school_id = any((select ctx.schools())::uuid[]) order by c.student_id, c.number desc) n
        join students s on s.id = n.student_id and s.left_on is null
        left join school_classes k on k.id = s.class_id
    where n.flags @> '["care_flag"]' and (select ctx.holds('care_aid'))
    order by k.name, s.student_no
$$;
revoke all on function care.aid() from public;
grant execute on function care.aid() to bihuan_app;
"""


def upgrade() -> None:
    """The owner's sight, and the function that uses it."""
    for table in ("rainbow_computations", "students"):
        op.execute(f"create policy aid on {table} for select to current_user using ({SIGHT})")
    op.execute(FUNCTION)


def downgrade() -> None:
    """Take both out."""
    op.execute("drop function care.aid()")
    for table in ("students", "rainbow_computations"):
        op.execute(f"drop policy aid on {table}")

"""Need to know: openings in an emergency, openings of an identity, and walls that show each role its part of a child.

A child's own code opens the child's own rows only. Answers are shown to counsellors of children in their hands. What some
see in part of a row — the kinds of facts without their points, the name beside a code number, who looked — is given by
functions of the schema `care`: they run as the owner of the tables, for whom there are policies that nobody else has.
"""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, protect, unprotect

revision = "2026_11_29_e2_need_to_know"
down_revision = "2026_11_29_e1_paper"
branch_labels = None
depends_on = None

REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
WALLS = {
    "students": ("student_case", "pupils"),
    "consents": ("consent", "own_consent"),
    "consent_answers": ("consent", "own_consent"),
    "access_codes": ("consent", "own_consent"),
    "screening_tasks": ("consent", "own_consent"),
    "help_calls": ("care", "own_call"),
    "scale_responses": ("care", "answers"),
    "rainbow_tiers": ("levels", "county_levels"),
    "rainbow_assessments": ("care_case", "proposals"),
    "critical_alerts": ("care_case", "alerts"),
}
"""Table → its wall before and after."""

OWNERS_SIGHT = """
create policy kinds_of_facts on rainbow_computations for select to current_user
    using (school_id = any((select ctx.schools())::uuid[]) and (select ctx.holds('care_levels')));
create policy names on students for select to current_user
    using ((school_id = any((select ctx.schools())::uuid[]) and (select ctx.holds('care_red')))
        or ((select ctx.holds('care_named')) and id in (select g.student_id from identity_grants g
            where g.owner_id = (select ctx.actor()) and g.state = 'granted')));
"""
FUNCTIONS = """
create schema care;
grant usage on schema care to bihuan_app;
-- Which kinds of facts a student's newest computation rests on (P2: no fact, no value), for who heads the work at the school.
create function care.kinds_of_facts(student uuid) returns table (computed_on date, kinds text[])
    language sql stable security definer set search_path = public, pg_temp as $$
    select c.computed_on, array(select distinct f->>'domain' from jsonb_array_elements(c.factors) f
        where f->>'domain' is not null order by 1)
    from rainbow_computations c
    where c.student_id = kinds_of_facts.student and (select ctx.holds('care_levels'))
    order by c.number desc limit 1
$$;
-- Who is in need of help at once: with the name for the head of the school, and for the county after a grant.
create function care.at_once() returns table (tier_id uuid, ref text, name text, student_no text, class_name text)
    language sql stable security definer set search_path = public, pg_temp as $$
    select t.id, s.ref, s.name, s.student_no, k.name
    from rainbow_tiers t left join students s on s.id = t.student_id and s.left_on is null
        left join school_classes k on k.id = s.class_id
    where t.tier = 'red' and (select ctx.holds('care_red'))
$$;
-- Each time that somebody looked at a child's data, for the child's own people and for who heads the work at the school.
create function care.who_looked(student uuid, since timestamptz)
    returns table (seq bigint, at timestamptz, role text, unit uuid, person uuid, purpose text)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select e.seq, e.at, e.role, (e.body::jsonb->>'unit')::uuid, e.person_id, e.body::jsonb->>'purpose'
    from public.students s join audit.entries e on (e.body::jsonb->'refs') ? s.ref::text
    where s.id = who_looked.student and e.kind = 'read' and e.at >= who_looked.since
        and ((select ctx.holds('own_child')) and s.id = (select ctx.actor())
            or (select ctx.holds('care_levels')) and s.school_id = any((select ctx.schools())::uuid[]))
    order by e.seq desc
$$;
revoke all on function care.kinds_of_facts(uuid), care.at_once(), care.who_looked(uuid, timestamptz) from public;
grant execute on function care.kinds_of_facts(uuid), care.at_once(), care.who_looked(uuid, timestamptz) to bihuan_app;
"""


def _opened(table: str, *columns: sa.Column) -> None:
    """A table of openings: a movable record about one student, with sealed reasons."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=REF, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("finding_sealed", sa.LargeBinary(), nullable=True),
        *columns,
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
            for column, target in {
                "county_id": "units.id", "school_id": "units.id", "unit_id": "units.id", "owner_id": "persons.id",
                "student_id": "students.id",
            }.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{table}_ref")),
    )  # fmt: skip
    for column in ("county_id", "school_id", "state", "student_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    protect(table, "register")


def upgrade() -> None:
    """Two tables, the walls anew, three functions for parts of rows."""
    _opened("break_glass", sa.Column("until_at", sa.DateTime(timezone=True), nullable=False))
    _opened("identity_grants", sa.Column("until_on", sa.Date(), nullable=True))
    for table, index, state in (
        ("break_glass", "uq_break_glass_open", "state = 'open'"),
        ("identity_grants", "uq_identity_grants_running", "state in ('requested', 'granted')"),
    ):
        op.create_index(index, table, ["owner_id", "student_id"], unique=True, postgresql_where=sa.text(state))
    for table, (before, after) in WALLS.items():
        unprotect(table, before)
        protect(table, after)
    op.execute(f"revoke update, delete on consent_answers from {APP}")
    op.execute(OWNERS_SIGHT)
    op.execute(FUNCTIONS)


def downgrade() -> None:
    """The functions, the walls as they were, and the tables."""
    op.execute("drop schema care cascade")
    op.execute("drop policy names on students")
    op.execute("drop policy kinds_of_facts on rainbow_computations")
    for table, (before, after) in WALLS.items():
        unprotect(table, after)
        protect(table, before)
    op.execute(f"revoke update, delete on consent_answers from {APP}")
    for table in ("identity_grants", "break_glass"):
        op.drop_table(table)

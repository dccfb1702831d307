"""A county's run writes less beside its rows, and looks at all of them in one way however little the statistics know.

A run of thousands is looked at by hashing, a single proposal by its key: with the statistics of a table that was empty a
moment ago the look at thousands took them one after the other, for most of a minute. Facts are kept as they were written,
which is what their digest says, in as few words as they need. A clock stands where its record stands, which is held to its places by itself. Of one
student one proposal is open and one level in force: one index says both, and finds what there is of a student.
"""

from alembic import op
from sqlalchemy import text

revision = "2026_11_30_z1_lean_runs"
down_revision = "2026_11_30_z0_one_look"
branch_labels = None
depends_on = None

PLACES = ("county_id", "school_id", "unit_id")
MANY = """
    perform set_config('enable_nestloop', case when exists (select from written offset 200) then 'off' else 'on' end, true);"""
LOOKS = """
create or replace function refuse_other_school() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp set enable_nestloop = on as $$
declare
    amiss boolean;
begin%(many)s
    execute 'select exists (select from written w left join students s on s.id = w.student_id
        where s.id is null or (s.school_id, s.county_id) is distinct from (w.school_id, w.county_id))' into amiss;
    if amiss then
        raise exception 'a computation stands at the school and in the county of its student'
            using errcode = 'foreign_key_violation', constraint = 'of_student';
    end if;
    return null;
end $$;

create or replace function refuse_other_computation() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp set enable_nestloop = on as $$
declare
    amiss boolean;
begin%(many)s
    execute 'select exists (select from written w left join rainbow_computations c on c.number = w.computation
            and c.student_id = w.student_id and c.school_id = w.school_id and c.county_id = w.county_id
        where c.number is null)' into amiss;
    if amiss then
        raise exception 'a proposal rests on what was computed of its student (of_computation)'
            using errcode = 'foreign_key_violation', constraint = 'of_computation';
    end if;
    return null;
end $$;
"""
KINDS = """
create or replace function care.kinds_of_facts(student uuid) returns table (computed_on date, kinds text[])
    language sql stable security definer set search_path = public, pg_temp as $$
    select c.computed_on, array(select distinct f->>'domain' from {kind}_array_elements(c.factors) f
        where f->>'domain' is not null order by 1)
    from rainbow_computations c
    where c.student_id = kinds_of_facts.student and (select ctx.holds('care_levels'))
    order by c.number desc limit 1
$$;
"""
QUOTED = r"""'["\\[:cntrl:]]'"""
STANDING = text("array_position('{proposed,effective}'::text[], state::text)")


def upgrade() -> None:
    """Looks, facts, clocks and indexes."""
    op.execute(LOOKS % {"many": MANY})
    op.execute("alter table rainbow_computations alter column factors type json using factors::json")
    op.execute(KINDS.format(kind="json"))
    op.create_check_constraint(op.f("ck_risk_facts_words"), "risk_facts", f"code !~ {QUOTED} and source !~ {QUOTED}")
    op.create_check_constraint(op.f("ck_scale_results_words"), "scale_results", f"scale_code !~ {QUOTED}")
    op.drop_constraint("uq_rainbow_computations_newest", "rainbow_computations", type_="unique")
    op.create_index("ix_rainbow_computations_newest", "rainbow_computations", ["school_id", "student_id", "number"])
    for place in PLACES:
        op.drop_constraint(op.f(f"fk_deadlines_{place}"), "deadlines", type_="foreignkey")
    for place in PLACES[:2]:
        op.drop_index(op.f(f"ix_deadlines_{place}"), table_name="deadlines")
    for name in ("ix_rainbow_assessments_student_id", "uq_rainbow_assessments_open", "uq_rainbow_assessments_valid"):
        op.drop_index(op.f(name), table_name="rainbow_assessments")
    op.create_index("uq_rainbow_assessments_standing", "rainbow_assessments", ["student_id", STANDING], unique=True)
    op.drop_index("ix_rainbow_assessments_queue", table_name="rainbow_assessments")
    op.create_index("ix_rainbow_assessments_queue", "rainbow_assessments", ["school_id", "state"])
    op.create_index("ix_students_left", "students", ["id"], postgresql_where=text("left_on is not null"))


def downgrade() -> None:
    """The other way round; keys are checked over what is there."""
    op.drop_index("ix_students_left", table_name="students")
    op.drop_index("ix_rainbow_assessments_queue", table_name="rainbow_assessments")
    op.create_index(
        "ix_rainbow_assessments_queue", "rainbow_assessments", ["school_id", "state", "priority", "decide_by_at", "id"]
    )
    op.drop_index("uq_rainbow_assessments_standing", table_name="rainbow_assessments")
    op.create_index(op.f("ix_rainbow_assessments_student_id"), "rainbow_assessments", ["student_id"])
    for name, state in (("open", "proposed"), ("valid", "effective")):
        op.create_index(
            f"uq_rainbow_assessments_{name}", "rainbow_assessments", ["student_id"], unique=True,
            postgresql_where=text(f"state = '{state}'"),
        )  # fmt: skip
    for place in PLACES[:2]:
        op.create_index(op.f(f"ix_deadlines_{place}"), "deadlines", [place])
    for place in PLACES:
        op.create_foreign_key(op.f(f"fk_deadlines_{place}"), "deadlines", "units", [place], ["id"])
    op.drop_index("ix_rainbow_computations_newest", table_name="rainbow_computations")
    op.create_unique_constraint(
        "uq_rainbow_computations_newest", "rainbow_computations", ["school_id", "student_id", "number", "county_id"]
    )
    op.execute("alter table rainbow_computations alter column factors type jsonb using factors::jsonb")
    op.execute(KINDS.format(kind="jsonb"))
    op.drop_constraint(op.f("ck_risk_facts_words"), "risk_facts", type_="check")
    op.drop_constraint(op.f("ck_scale_results_words"), "scale_results", type_="check")
    op.execute(LOOKS % {"many": ""})

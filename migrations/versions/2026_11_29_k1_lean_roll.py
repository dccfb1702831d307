"""A roll of 40,000 keeps one index less: where a level was computed is held to the student's school by one look at all rows.

A proposal is held to the computation it rests on, of the same student, school and county; so one look-up of a proposal
answers for what took two.
"""

from alembic import op

revision = "2026_11_29_k1_lean_roll"
down_revision = "2026_11_29_k0_who_reads_figures"
branch_labels = None
depends_on = None

TRIPLE = ["student_id", "school_id", "county_id"]
RESTED_ON = ["number", "student_id", "school_id", "county_id"]
FUNCTIONS = """
create function refuse_move_of_student() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    raise exception 'a student stays with school and county: another school begins a row of its own'
        using errcode = 'check_violation';
end $$;

-- Planned anew each time: a night computes a whole county, an alert one student. Whoever may not see the student is refused.
create function refuse_other_school() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp
    set enable_nestloop = on as $$
declare
    amiss boolean;
begin
    execute 'select exists (select from written w left join students s on s.id = w.student_id
        where s.id is null or (s.school_id, s.county_id) is distinct from (w.school_id, w.county_id))' into amiss;
    if amiss then
        raise exception 'a computation stands at the school and in the county of its student'
            using errcode = 'foreign_key_violation', constraint = 'of_student';
    end if;
    return null;
end $$;
"""
TRIGGERS = """
create trigger stays_at_school after update of school_id, county_id on students for each row
    when ((old.school_id, old.county_id) is distinct from (new.school_id, new.county_id))
    execute function refuse_move_of_student();
create trigger of_student after insert on rainbow_computations
    referencing new table as written for each statement execute function refuse_other_school();
create trigger still_of_student after update on rainbow_computations
    referencing new table as written for each statement execute function refuse_other_school();
"""


def upgrade() -> None:
    """What held each row by a look-up of its own gives way to one look at all of a statement; a student never moves."""
    for table in ("rainbow_computations", "rainbow_assessments"):
        op.drop_constraint("of_student", table, type_="foreignkey")
    op.drop_constraint("fk_rainbow_assessments_computation", "rainbow_assessments", type_="foreignkey")
    op.drop_constraint(op.f("uq_students_id_school_id_county_id"), "students", type_="unique")
    op.drop_index("ix_rainbow_computations_newest", table_name="rainbow_computations")
    op.create_unique_constraint(
        "uq_rainbow_computations_newest", "rainbow_computations", ["school_id", "student_id", "number", "county_id"]
    )
    op.create_foreign_key(
        op.f("fk_rainbow_computations_student_id"), "rainbow_computations", "students", ["student_id"], ["id"]
    )
    op.create_foreign_key(
        "of_computation", "rainbow_assessments", "rainbow_computations", ["computation", *TRIPLE], RESTED_ON
    )
    op.execute(FUNCTIONS)
    op.execute(TRIGGERS)


def downgrade() -> None:
    """Each row is looked up by student, school and county again."""
    op.execute("drop trigger still_of_student on rainbow_computations; drop trigger of_student on rainbow_computations")
    op.execute("drop trigger stays_at_school on students")
    op.execute("drop function refuse_other_school(); drop function refuse_move_of_student()")
    op.drop_constraint("of_computation", "rainbow_assessments", type_="foreignkey")
    op.drop_constraint(op.f("fk_rainbow_computations_student_id"), "rainbow_computations", type_="foreignkey")
    op.drop_constraint("uq_rainbow_computations_newest", "rainbow_computations", type_="unique")
    op.create_index("ix_rainbow_computations_newest", "rainbow_computations", ["school_id", "student_id", "number"])
    op.create_unique_constraint(
        op.f("uq_students_id_school_id_county_id"), "students", ["id", "school_id", "county_id"]
    )
    op.create_foreign_key(
        op.f("fk_rainbow_assessments_computation"),
        "rainbow_assessments",
        "rainbow_computations",
        ["computation"],
        ["number"],
    )
    for table in ("rainbow_computations", "rainbow_assessments"):
        op.create_foreign_key("of_student", table, "students", TRIPLE, ["id", "school_id", "county_id"])

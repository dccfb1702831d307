"""What was computed and proposed is held to its student by one look at all rows of a statement, not by one at each row.

Two foreign keys looked up and locked a row for every row of a county's run: a fifth of its time. What they promised stands:
nothing is computed of nobody and proposed of nothing, and what something rests on is neither erased nor moved under it. A
statement that takes students or computations away first waits until nobody is writing what would rest on them.
"""

from alembic import op

revision = "2026_11_30_z0_one_look"
down_revision = "2026_11_30_v2_sampled"
branch_labels = None
depends_on = None

RESTED_ON = ["number", "student_id", "school_id", "county_id"]
RESTING = ["computation", "student_id", "school_id", "county_id"]
# Who does not see everything cannot say that nothing is left; rows go by the system's hand alone, as they always did.
FUNCTIONS = """
create function refuse_other_computation() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp set enable_nestloop = on as $$
declare
    amiss boolean;
begin
    execute 'select exists (select from written w left join rainbow_computations c on c.number = w.computation
            and c.student_id = w.student_id and c.school_id = w.school_id and c.county_id = w.county_id
        where c.number is null)' into amiss;
    if amiss then
        raise exception 'a proposal rests on what was computed of its student (of_computation)'
            using errcode = 'foreign_key_violation', constraint = 'of_computation';
    end if;
    return null;
end $$;

create function refuse_other_ground() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    raise exception 'a row of % stays with what it was made of', tg_table_name using errcode = 'foreign_key_violation';
end $$;

create function keep_computed_students() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_when = 'BEFORE' then
        lock table rainbow_computations in share mode;
    elsif exists (select from gone) then
        if row_security_active('rainbow_computations') and not ctx.is_system() then
            raise exception 'permission denied: a student leaves the roll by the system alone'
                using errcode = 'insufficient_privilege';
        end if;
        if exists (select from gone g join rainbow_computations c on c.school_id = g.school_id and c.student_id = g.id) then
            raise exception 'a student of whom something was computed stays: rainbow_computations.student_id'
                using errcode = 'foreign_key_violation', constraint = 'of_student';
        end if;
    end if;
    return null;
end $$;

create function keep_what_is_rested_on() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_when = 'BEFORE' then
        lock table rainbow_assessments in share mode;
    elsif exists (select from gone) then
        if row_security_active('rainbow_assessments') and not ctx.is_system() then
            raise exception 'permission denied: computations go by the system alone'
                using errcode = 'insufficient_privilege';
        end if;
        if exists (select from gone g join rainbow_assessments a on a.student_id = g.student_id and a.computation = g.number)
        then
            raise exception 'a computation on which a proposal rests stays: rainbow_assessments.computation'
                using errcode = 'foreign_key_violation', constraint = 'of_computation';
        end if;
    end if;
    return null;
end $$;
"""
TRIGGERS = """
drop trigger stays_at_school on students;
create trigger stays_at_school after update of id, school_id, county_id on students for each row
    when ((old.id, old.school_id, old.county_id) is distinct from (new.id, new.school_id, new.county_id))
    execute function refuse_move_of_student();
create trigger nobody_computes before delete on students for each statement execute function keep_computed_students();
create trigger nothing_computed after delete on students
    referencing old table as gone for each statement execute function keep_computed_students();
create trigger stays_as_computed after update of number, student_id, school_id, county_id on rainbow_computations
    for each row when ((old.number, old.student_id, old.school_id, old.county_id)
        is distinct from (new.number, new.student_id, new.school_id, new.county_id))
    execute function refuse_other_ground();
create trigger nobody_proposes before delete on rainbow_computations
    for each statement execute function keep_what_is_rested_on();
create trigger nothing_proposed after delete on rainbow_computations
    referencing old table as gone for each statement execute function keep_what_is_rested_on();
create trigger of_computation after insert on rainbow_assessments
    referencing new table as written for each statement execute function refuse_other_computation();
create trigger stays_with_computation after update of computation, student_id, school_id, county_id on rainbow_assessments
    for each row when ((old.computation, old.student_id, old.school_id, old.county_id)
        is distinct from (new.computation, new.student_id, new.school_id, new.county_id))
    execute function refuse_other_ground();
"""
AS_BEFORE = """
drop trigger stays_at_school on students;
create trigger stays_at_school after update of school_id, county_id on students for each row
    when ((old.school_id, old.county_id) is distinct from (new.school_id, new.county_id))
    execute function refuse_move_of_student();
drop trigger nobody_computes on students;
drop trigger nothing_computed on students;
drop trigger stays_as_computed on rainbow_computations;
drop trigger nobody_proposes on rainbow_computations;
drop trigger nothing_proposed on rainbow_computations;
drop trigger of_computation on rainbow_assessments;
drop trigger stays_with_computation on rainbow_assessments;
drop function keep_computed_students();
drop function keep_what_is_rested_on();
drop function refuse_other_computation();
drop function refuse_other_ground();
"""


def upgrade() -> None:
    """The looks at whole statements take over from the two keys."""
    op.execute(FUNCTIONS)
    op.execute(TRIGGERS)
    op.drop_constraint("of_computation", "rainbow_assessments", type_="foreignkey")
    op.drop_constraint(op.f("fk_rainbow_computations_student_id"), "rainbow_computations", type_="foreignkey")


def downgrade() -> None:
    """The keys are checked over what is there and look at each row again."""
    op.execute(AS_BEFORE)
    op.create_foreign_key(
        op.f("fk_rainbow_computations_student_id"), "rainbow_computations", "students", ["student_id"], ["id"]
    )
    op.create_foreign_key("of_computation", "rainbow_assessments", "rainbow_computations", RESTING, RESTED_ON)

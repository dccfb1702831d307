"""The students of a roster are held to their classes and to the import by one look at all rows of a statement.

Two foreign keys looked up and locked a row for every student: a third of the time of writing 40,000 of them. What they
promised stands: a child sits in a class of its own school and county, an import that wrote a student is there, and neither
a class in which somebody sits nor such an import goes or changes its place. Each class and import is locked once, as the
keys locked it, so that who takes it away waits for who writes, and the other way round.
"""

from alembic import op

revision = "2026_11_30_z2_roll_at_one_look"
down_revision = "2026_11_30_z1_lean_runs"
branch_labels = None
depends_on = None

# Who does not see everything cannot say that nobody is left; classes and imports go by the system's hand alone.
FUNCTIONS = """
create function hold_roll(seats jsonb, imports uuid[]) returns void language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    perform from school_classes c
        where c.id = any(array(select (seat->>0)::uuid from jsonb_array_elements(seats) seat)) for key share;
    if exists (
        select from jsonb_array_elements(seats) seat where not exists (select from school_classes c
            where c.id = (seat->>0)::uuid and c.school_id = (seat->>1)::uuid and c.county_id = (seat->>2)::uuid))
    then
        raise exception 'a child sits in a class of its own school and county (class_of_school)'
            using errcode = 'foreign_key_violation', constraint = 'class_of_school';
    end if;
    perform from import_batches b where b.id = any(imports) for key share;
    if exists (select from unnest(imports) i(id) where not exists (select from import_batches b where b.id = i.id)) then
        raise exception 'a student was written by an import that is there (fk_students_batch_id)'
            using errcode = 'foreign_key_violation', constraint = 'fk_students_batch_id';
    end if;
end $$;

create function hold_written_roll() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    perform hold_roll(
        (select coalesce(jsonb_agg(jsonb_build_array(w.class_id, w.school_id, w.county_id)), '[]')
            from (select distinct class_id, school_id, county_id from written where class_id is not null) w),
        array(select distinct batch_id from written where batch_id is not null));
    return null;
end $$;

create function hold_changed_roll() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    perform hold_roll(
        (select coalesce(jsonb_agg(jsonb_build_array(w.class_id, w.school_id, w.county_id)), '[]')
            from (select class_id, school_id, county_id from written where class_id is not null
                  except select class_id, school_id, county_id from former) w),
        array(select batch_id from written where batch_id is not null except select batch_id from former));
    return null;
end $$;

create function hold_moved_student() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    perform hold_roll(jsonb_build_array(jsonb_build_array(new.class_id, new.school_id, new.county_id)), '{}');
    return null;
end $$;

create function keep_classes_with_children() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from gone) then
        return null;
    end if;
    if row_security_active('students') and not ctx.is_system() then
        raise exception 'permission denied: classes go by the system alone' using errcode = 'insufficient_privilege';
    end if;
    if exists (select from gone g join students s on s.school_id = g.school_id and s.class_id = g.id) then
        raise exception 'a class in which a child sits stays: students.class_id (class_of_school)'
            using errcode = 'foreign_key_violation', constraint = 'class_of_school';
    end if;
    return null;
end $$;

create function keep_imports_of_students() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from gone) then
        return null;
    end if;
    if row_security_active('students') and not ctx.is_system() then
        raise exception 'permission denied: imports go by the system alone' using errcode = 'insufficient_privilege';
    end if;
    if exists (select from students s where s.batch_id = any(array(select id from gone))) then
        raise exception 'an import that wrote a student stays: students.batch_id (fk_students_batch_id)'
            using errcode = 'foreign_key_violation', constraint = 'fk_students_batch_id';
    end if;
    return null;
end $$;

create function refuse_move_under_roll() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    raise exception 'a row of % stays where it was made (%)', tg_table_name, tg_argv[0]
        using errcode = 'foreign_key_violation', constraint = tg_argv[0];
end $$;
"""
TRIGGERS = """
create trigger class_of_school after insert on students
    referencing new table as written for each statement execute function hold_written_roll();
create trigger class_still_of_school after update on students
    referencing old table as former new table as written for each statement execute function hold_changed_roll();
create trigger class_of_moved after update of school_id, county_id on students for each row
    when (new.class_id is not null and (old.school_id, old.county_id) is distinct from (new.school_id, new.county_id))
    execute function hold_moved_student();
create trigger nobody_sits after delete on school_classes
    referencing old table as gone for each statement execute function keep_classes_with_children();
create trigger stays_under_roll after update of id, school_id, county_id on school_classes for each row
    when ((old.id, old.school_id, old.county_id) is distinct from (new.id, new.school_id, new.county_id))
    execute function refuse_move_under_roll('class_of_school');
create trigger nobody_written after delete on import_batches
    referencing old table as gone for each statement execute function keep_imports_of_students();
create trigger stays_under_roll after update of id on import_batches for each row
    when (old.id is distinct from new.id) execute function refuse_move_under_roll('fk_students_batch_id');
"""
AS_BEFORE = """
drop trigger class_of_school on students;
drop trigger class_still_of_school on students;
drop trigger class_of_moved on students;
drop trigger nobody_sits on school_classes;
drop trigger stays_under_roll on school_classes;
drop trigger nobody_written on import_batches;
drop trigger stays_under_roll on import_batches;
drop function hold_written_roll();
drop function hold_changed_roll();
drop function hold_moved_student();
drop function hold_roll(jsonb, uuid[]);
drop function keep_classes_with_children();
drop function keep_imports_of_students();
drop function refuse_move_under_roll();
"""
SEATED, SEATS = ["class_id", "school_id", "county_id"], ["id", "school_id", "county_id"]


def upgrade() -> None:
    """The looks at whole statements take over from the two keys."""
    op.execute(FUNCTIONS)
    op.execute(TRIGGERS)
    op.drop_constraint("class_of_school", "students", type_="foreignkey")
    op.drop_constraint(op.f("fk_students_batch_id"), "students", type_="foreignkey")


def downgrade() -> None:
    """The keys are checked over what is there and look at each row again."""
    op.execute(AS_BEFORE)
    op.create_foreign_key(op.f("fk_students_batch_id"), "students", "import_batches", ["batch_id"], ["id"])
    op.create_foreign_key("class_of_school", "students", "school_classes", SEATED, SEATS)

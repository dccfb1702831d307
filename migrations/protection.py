"""The walls around a table: who may touch it, which rows show, and that no write happens outside an act.

Templates of row-level security (decision 12): "county" shows what everybody in the county may know (a list's title, a
round's name) and is written from the county's context alone; "unit" shows rows of the counties and schools in the signed context;
"own" shows a school's rows to that school alone and the county's rows to the county alone (files on their way in);
"student" shows rows of the schools in the context, when it also holds the data class `people`; "scores" shows pupils'
scores to those of the county who hold the data class `scores`, and to no school; "care" shows rows of the schools in the
context to those who hold the data class `care` there; "consent" likewise, for who takes part and by which code; "care_case"
besides `care` to experts (data class `care_case`), each student as long as a dated assignment names him or her;
"care_class" besides to class teachers (data class `care_class`), as long as a dated duty gives them the class, "class_duty"
of tasks their own kind only; "levels" likewise (data class `care_class_levels`, which a county may leave out: decision
52), and to who heads the school's psychological work (data class `care_levels`); "care_asked" is
"care_case" and, to class teachers and heads of psychological work, what they asked for themselves; "county_levels" is
"levels" and, of help at once alone, to the head of the school and to the county's centre (data class `care_red`);
"alerts" and "proposals" what they
have to know of those; "answers" to the child, to the expert of the case, and to counsellors only of a child in their
hands: given to them, with an open alert, under close attention, or opened in an emergency that is not over; "register" shows
openings of names and answers to the school's psychology staff and, by code number, to those of the county who review
them (data class `register`); "pupils", "own_consent" and "own_call" like "student_case", "consent" and "care", and a
child's own rows to who came in by the child's code (data class `own_child`); "requests"
shows what families asked about their data to who heads the school's psychological work, by code number to who answers
(data class `requests`), and to who asked; "assessments" shows impact assessments to the county and
its schools, and is written by who answers for them (data class `protection`); "purges" shows what is due for erasure, by
code number, and what holds it, to those of the county alone; "county_care" is shown like "county"
and written from the county's context and by its experts (data class `care_case`); "letters" shows citizens' letters to
those of the county who work on them (data class `letters`), to the one who answers, and to their writer (data class
`own_letter`, no county and no school), never to the school; "public" shows
every row to everybody, signed in or not, and is written like "unit": only frozen copies of what was published lie there;
"staff" likewise, for who works where and as what, which is asked before it is known who asks, and is written within the
own county alone, besides by its administrators (data class `staff`); "typed" shows a draft to whoever typed it, who may
also be outside an act;
"logs" shows the auditor's own papers to the county's auditor; "readings" alerts about reading to the auditor and to the
security administrator (data class `readings`), who settles them; "controls" what was measured of the system to both, who
may ask for it, and whose content the worker alone writes; "yearly" audits of minors' data to who answers
the auditor, who signs them; "weeks" shows counts of a week to those who read figures of
care (data class `figures`): the county's in the county, a school's at the school, and to inspectors (`process`) the process
facts of their schools alone; "sampled" is "unit", but of a school's list that was drawn nothing is shown before its inspector
has found something, except to that inspector and to the county; "helping" is "unit" and, as long as the row stands, shown to
the unit that helps;
"releases" and "release_numbers" show what was let out of them to the leading group (`releases`).
Decision 13: only worker code paths sign `system`.
"""

from alembic import op

TODAY = "(now() at time zone 'Asia/Shanghai')::date"
"""The server's own day: the wall does not ask the application what day it is."""
OF_A_CASE = (
    "(school_id = any((select ctx.schools())::uuid[]) and (select ctx.holds('care_case')) and {student} in"
    " (select c.record_id from case_assignments c where c.entity = 'students' and c.person_id = (select ctx.actor())"
    f" and c.from_on <= {TODAY} and (c.to_on is null or c.to_on >= {TODAY})))"
)
OF_A_CLASS = (
    "(school_id = any((select ctx.schools())::uuid[]) and (select ctx.holds('{held}')) and student_id in"
    " (select s.id from students s join teaching_duties d on d.class_id = s.class_id where d.duty = 'homeroom'"
    " and d.person_id = (select ctx.actor())"
    f" and d.from_on <= {TODAY} and (d.to_on is null or d.to_on >= {TODAY})))"
)
OF_THE_CHILD = "({student} = (select ctx.actor()) and (select ctx.holds('own_child')))"
OF_AN_ANSWERING_CHILD = "(student_id = (select ctx.actor()) and (select ctx.holds('own_answers')))"
AT_ONCE = (
    "((select ctx.holds('care_red'))"
    " and (school_id = any((select ctx.schools())::uuid[]) or county_id = any((select ctx.counties())::uuid[])))"
)
IN_HAND = (
    "(select c.record_id from case_assignments c where c.entity = 'students' and c.person_id = (select ctx.actor())"
    f" and c.from_on <= {TODAY} and (c.to_on is null or c.to_on >= {TODAY})"
    " union all select a.student_id from critical_alerts a where a.state in ('pending', 'accepted')"
    " union all select t.student_id from rainbow_tiers t where t.tier in ('orange', 'red')"
    " union all select o.student_id from break_glass o where o.owner_id = (select ctx.actor())"
    " and o.state = 'open')"
)
OF_A_SCHOOL = "(school_id = any((select ctx.schools())::uuid[]) and (select ctx.holds('care_levels')))"
OWN_TYPING = "(person_id = (select ctx.actor()) or (select ctx.is_system()))"

APP, READER = "bihuan_app", "bihuan_audit_reader"

# Schools stand before counties: most who work here belong to a school, and each look proves the seal of their context.
CONDITIONS = {
    "unit": (
        "(school_id = any((select ctx.schools())::uuid[]) or county_id = any((select ctx.counties())::uuid[])"
        " or (select ctx.is_system()))"
    ),
    "county": (
        "(county_id = (select ctx.home()) or school_id = any((select ctx.schools())::uuid[])"
        " or county_id = any((select ctx.counties())::uuid[]) or (select ctx.is_system()))"
    ),
    "own": (
        "(school_id = any((select ctx.schools())::uuid[])"
        " or (school_id is null and county_id = any((select ctx.counties())::uuid[])) or (select ctx.is_system()))"
    ),
    "student": (
        "((school_id = any((select ctx.schools())::uuid[]) and (select ctx.holds('people'))) or (select ctx.is_system()))"
    ),
    "care": (
        "((school_id = any((select ctx.schools())::uuid[]) and (select ctx.holds('care'))) or (select ctx.is_system()))"
    ),
    "consent": (
        "((school_id = any((select ctx.schools())::uuid[]) and (select ctx.holds('consent')))"
        " or (select ctx.is_system()))"
    ),
    "scores": (
        "((county_id = any((select ctx.counties())::uuid[]) and (select ctx.holds('scores'))) or (select ctx.is_system()))"
    ),
    "public": "true",
    "staff": "true",
    "logs": "((county_id = (select ctx.home()) and (select ctx.holds('logs'))) or (select ctx.is_system()))",
}

CONDITIONS["helping"] = f"({CONDITIONS['unit']} or unit_id = any((select ctx.schools())::uuid[]))"
CONDITIONS["readings"] = (
    "((county_id = (select ctx.home()) and ((select ctx.holds('logs')) or (select ctx.holds('readings'))))"
    " or (select ctx.is_system()))"
)
CONDITIONS["controls"] = CONDITIONS["readings"]
CONDITIONS["yearly"] = (
    "((county_id = (select ctx.home()) and ((select ctx.holds('protection')) or (select ctx.holds('logs'))))"
    " or (select ctx.is_system()))"
)
CONDITIONS |= {
    "student_case": f"({CONDITIONS['student']} or {OF_A_CASE.format(student='id')})",
    "care_case": f"({CONDITIONS['care']} or {OF_A_CASE.format(student='student_id')})",
    "care_class": (
        f"({CONDITIONS['care']} or {OF_A_CASE.format(student='student_id')} or {OF_A_CLASS.format(held='care_class')})"
    ),
    "class_duty": (
        f"({CONDITIONS['care']} or {OF_A_CASE.format(student='student_id')}"
        f" or (for_class and {OF_A_CLASS.format(held='care_class')}))"
    ),
    "levels": (
        f"({CONDITIONS['care']} or {OF_A_CASE.format(student='student_id')}"
        f" or {OF_A_CLASS.format(held='care_class_levels')} or {OF_A_SCHOOL})"
    ),
}

CONDITIONS["care_asked"] = (
    f"({CONDITIONS['care_case']} or (owner_id = (select ctx.actor())"
    f" and ({OF_A_CLASS.format(held='care_class')} or {OF_A_SCHOOL})))"
)
CONDITIONS["county_care"] = CONDITIONS["county"]
CONDITIONS["sampled"] = (
    "(county_id = any((select ctx.counties())::uuid[]) or (school_id = any((select ctx.schools())::uuid[])"
    " and (state <> 'drawn' or owner_id = (select ctx.actor()))) or (select ctx.is_system()))"
)
CONDITIONS |= {
    "pupils": f"({CONDITIONS['student_case']} or {OF_THE_CHILD.format(student='id')})",
    "own_consent": f"({CONDITIONS['consent']} or {OF_THE_CHILD.format(student='student_id')})",
    "own_call": f"({CONDITIONS['care']} or {OF_AN_ANSWERING_CHILD})",
    "answers": (
        f"((select ctx.is_system()) or (school_id = any((select ctx.schools())::uuid[]) and (select ctx.holds('care'))"
        f" and (source = 'paper' or student_id in {IN_HAND})) or {OF_A_CASE.format(student='student_id')}"
        f" or {OF_AN_ANSWERING_CHILD})"
    ),
    "county_levels": f"({CONDITIONS['levels']} or (tier = 'red' and {AT_ONCE}))",
    "proposals": (
        f"({CONDITIONS['care_case']} or (state = 'proposed' and proposed = 'red' and first_signer_id is not null"
        f" and owner_id is null and {AT_ONCE}))"
    ),
    "alerts": (
        f"({CONDITIONS['care_case']} or {OF_A_SCHOOL}"
        f" or (state = 'pending' and told > 2 and county_id = any((select ctx.counties())::uuid[])"
        " and (select ctx.holds('care_red'))))"
    ),
    "register": (
        "((school_id = any((select ctx.schools())::uuid[])"
        " and ((select ctx.holds('care')) or (select ctx.holds('care_levels'))))"
        " or (county_id = (select ctx.home()) and (select ctx.holds('register'))) or (select ctx.is_system()))"
    ),
}
CONDITIONS["requests"] = (
    f"({OF_A_SCHOOL} or (county_id = (select ctx.home()) and (select ctx.holds('requests')))"
    f" or {OF_THE_CHILD.format(student='student_id')} or (select ctx.is_system()))"
)
CONDITIONS["assessments"] = "(county_id = (select ctx.home()) or (select ctx.is_system()))"
CONDITIONS["purges"] = (
    "((county_id = (select ctx.home()) and (select ctx.holds('protection'))) or (select ctx.is_system()))"
)
CONDITIONS["letters"] = (
    "(((county_id = any((select ctx.counties())::uuid[]) or owner_id = (select ctx.actor()))"
    " and (select ctx.holds('letters'))) or (id = (select ctx.actor()) and (select ctx.holds('own_letter')))"
    " or (select ctx.is_system()))"
)
COUNTED = "county_id = any((select ctx.counties())::uuid[])"
STAFF_OF_FIGURES = f"({COUNTED} and (select ctx.holds('figures')))"
CONDITIONS |= {
    "weeks": (
        f"((select ctx.is_system()) or (kind = 'week' and (select ctx.holds('figures'))"
        f" and (school_id = any((select ctx.schools())::uuid[]) or {COUNTED}))"
        " or (kind = 'process' and (select ctx.holds('process')) and school_id = any((select ctx.schools())::uuid[])))"
    ),
    "releases": (
        f"((select ctx.is_system()) or {STAFF_OF_FIGURES} or ({COUNTED} and (select ctx.holds('releases'))"
        " and state in ('published', 'superseded', 'withdrawn')))"
    ),
    "release_numbers": (
        f"((select ctx.is_system()) or {STAFF_OF_FIGURES}"
        f" or ({COUNTED} and audience = 'group' and (select ctx.holds('releases'))))"
    ),
}
WRITTEN = {
    "assessments": (
        "((select ctx.is_system()) or (county_id = (select ctx.home()) and (select ctx.holds('protection'))))"
    ),
    "readings": "((county_id = (select ctx.home()) and (select ctx.holds('readings'))) or (select ctx.is_system()))",
    "weeks": "(select ctx.is_system())",
    "releases": f"((select ctx.is_system()) or {STAFF_OF_FIGURES})",
    "release_numbers": f"((select ctx.is_system()) or {STAFF_OF_FIGURES})",
    "county": CONDITIONS["unit"],
    "public": CONDITIONS["unit"],
    "staff": (
        "((select ctx.is_system()) or (county_id = (select ctx.home()) and (school_id = any((select ctx.schools())::uuid[])"
        " or county_id = any((select ctx.counties())::uuid[]) or (select ctx.holds('staff')))))"
    ),
    "pupils": CONDITIONS["student_case"],
    "county_levels": CONDITIONS["care_case"],
    "proposals": CONDITIONS["care_case"],
    "alerts": CONDITIONS["care_case"],
    "county_care": f"({CONDITIONS['unit']} or (county_id = (select ctx.home()) and (select ctx.holds('care_case'))))",
}
"""Templates whose rows are changed by fewer than may see them."""


def protect(table: str, template: str | None = None, outside_act: bool = False) -> None:
    """Grant the app role its rights on `table`, put the wall up, and refuse writes outside an act unless told so."""
    op.execute(f"grant select, insert, update, delete on {table} to {APP}")
    if template is not None:
        shown = CONDITIONS[template]
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy shown on {table} for select using ({shown})")
        shown = WRITTEN.get(template, shown)
        taken = f"{shown} and (select ctx.act()) is not null"
        op.execute(f"create policy added on {table} for insert with check ({taken})")
        op.execute(f"create policy changed on {table} for update using ({shown}) with check ({taken})")
        op.execute(f"create policy removed on {table} for delete using ({taken})")
    if not outside_act:
        writes = "insert or update or delete" if template is None else "delete"
        op.execute(
            f"create trigger refuse_writes_outside_act before {writes} on {table}"
            " for each statement when (ctx.act() is null) execute function ctx.refuse_outside_act()"
        )


def unprotect(table: str, template: str | None = None) -> None:
    """Take the wall down again; dropping the table does the rest."""
    if template is not None:
        for policy in ("shown", "added", "changed", "removed"):
            op.execute(f"drop policy {policy} on {table}")
    op.execute(f"drop trigger if exists refuse_writes_outside_act on {table}")

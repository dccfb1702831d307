"""Tasks that began with what was taken back since, a request for more support or the answers of a survey, are looked at
once by the jobs that end them from now on. Second tries of cancelled screenings end with the next sweep.
"""

from alembic import op

revision = "2026_11_30_z3_taken_back"
down_revision = "2026_11_30_z2_roll_at_one_look"
branch_labels = None
depends_on = None

WALLED = ("care_duties", "code_change_requests", "screening_tasks", "scale_responses")
POST = """
insert into outbox (kind, queue, entity, record_id, county_id, data, posted_at, due_at)
select 'rainbow_taken_back', 'letters', 'code_change_requests', r.id, r.county_id, jsonb '{}', now(), now()
from code_change_requests r
where r.upward and r.state = 'withdrawn' and exists (
    select from care_duties d where d.student_id = r.student_id and d.state = 'due'
        and d.created_at >= r.created_at and d.created_at <= r.state_since)
union all
select 'answers_withdrawn', 'heavy', 'students', t.student_id, t.county_id, jsonb '{}', now(), now()
from screening_tasks t
where t.state = 'declined'
    and exists (select from scale_responses a where a.task_id = t.id and a.submitted_at is not null)
    and exists (
        select from care_duties d where d.student_id = t.student_id and d.state = 'due'
            and d.created_at >= t.created_at and d.created_at <= t.state_since)
group by t.student_id, t.county_id
"""


def upgrade() -> None:
    """One row for each request and each student; the owner passes the walls for this one statement."""
    for table in WALLED:
        op.execute(f"alter table {table} no force row level security")
    op.execute(POST)
    for table in WALLED:
        op.execute(f"alter table {table} force row level security")


def downgrade() -> None:
    """What was posted stays: a job that finds nothing does nothing."""

-- What speaks for a step down of one student, as of a day: the newest computation, and what people wrote since the level began.
with newest as (
    select c.kind, c.tier, c.total, c.rule_set from rainbow_computations c
    where c.school_id = cast(:school as uuid) and c.student_id = cast(:student as uuid)
    order by c.number desc limit 1
), written as (
    select * from change_evidence e
    where e.student_id = cast(:student as uuid) and e.happened_on between cast(:since as date) and cast(:today as date)
), look as (
    select a.level from professional_assessments a
    where a.student_id = cast(:student as uuid)
        and a.assessed_on between cast(:today as date) - cast(:assessment_days as int) and cast(:today as date)
    order by a.assessed_on desc, a.created_at desc limit 1
)
select
    (select kind from newest) as kind, (select tier from newest) as tier, (select total from newest) as total,
    not exists (
        select from risk_facts f where f.student_id = cast(:student as uuid) and f.code = 'crisis_open'
            and f.dated_on <= cast(:today as date) and (f.ended_on is null or f.ended_on > cast(:today as date))
    ) as no_crisis,
    exists (
        select from written a join written b on b.happened_on - a.happened_on >= cast(:interviews_apart_days as int)
            and b.recorded_by <> a.recorded_by
        where a.kind = 'interview' and b.kind = 'interview' and a.finding = 'no_intent' and b.finding = 'no_intent'
            and not exists (
                select from written w where w.kind = 'interview' and w.finding = 'intent' and w.happened_on >= a.happened_on
            )
    ) as interviews_agree,
    (select count(*) from written w where w.kind = 'interview' and w.finding = 'no_intent') as interviews,
    greatest(
        (select max(w.happened_on) from change_evidence w where w.student_id = cast(:student as uuid)
            and w.kind = 'guardian' and w.happened_on <= cast(:today as date)),
        (select max(d.done_on) from care_duties d where d.student_id = cast(:student as uuid)
            and d.code = 'tell_guardian' and d.state = 'done')
    ) as guardian_on,
    (select max(w.happened_on) from written w where w.kind = 'referral') as referred_on,
    (select max(w.happened_on) from written w where w.kind = 'feedback') as feedback_on,
    (select count(*) from written w where w.kind = 'session') as sessions,
    (select level from look) as assessed,
    (select w.percent from written w where w.kind = 'plan_review' order by w.happened_on desc, w.created_at desc limit 1)
        as goals_percent,
    (select count(*) from care_duties d where d.student_id = cast(:student as uuid) and d.code = 'check_in'
        and d.for_class and d.state = 'done' and d.done_on >= cast(:since as date)) as check_ins,
    not exists (
        select from risk_facts f where f.student_id = cast(:student as uuid) and f.code = any(cast(:event_codes as text[]))
            and f.dated_on between cast(:today as date) - cast(:events_days as int) and cast(:today as date)
    ) as no_recent_event

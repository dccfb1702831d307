-- Students of one school of whom the rules could say nothing, or of whom teacher and questionnaire tell opposite stories:
-- since which day without a break, and what is missing; until a qualified person has talked with them since.
with newest as (
    select distinct on (c.student_id) c.student_id, c.kind, c.flags, c.factors from rainbow_computations c
    where c.school_id = cast(:school as uuid) order by c.student_id, c.number desc
), unclear as (
    select n.student_id, n.factors::jsonb as factors, case when n.kind = 'undetermined' then 'unknown' else 'differ' end as why
    from newest n where n.kind = 'undetermined' or n.flags @> '["conflict"]'
), dated as (
    select u.student_id, u.why, u.factors, min(c.computed_on) as since
    from unclear u join rainbow_computations c on c.school_id = cast(:school as uuid) and c.student_id = u.student_id
        and case u.why when 'unknown' then c.kind = 'undetermined' else c.flags @> '["conflict"]' end
    where not exists (
        select from rainbow_computations x
        where x.school_id = cast(:school as uuid) and x.student_id = u.student_id and x.number > c.number
            and not case u.why when 'unknown' then x.kind = 'undetermined' else x.flags @> '["conflict"]' end)
    group by u.student_id, u.why, u.factors
)
select s.ref, s.name, s.student_no, k.name as class_name, d.why, d.since,
    jsonb_path_exists(d.factors, '$[*].domain ? (@ == "SC")') as answered,
    jsonb_path_exists(d.factors, '$[*].domain ? (@ == "TR")') as rated
from dated d join students s on s.id = d.student_id left join school_classes k on k.id = s.class_id
where s.left_on is null and not exists (
    select from professional_assessments a where a.student_id = d.student_id and a.assessed_on >= d.since)
order by d.why, d.since, length(k.grade), k.grade, k.class_no, s.student_no

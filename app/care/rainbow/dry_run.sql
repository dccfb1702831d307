-- What a rule set would do, counted and never by name: levels in force against what the dry run came to.
with made as (
    select distinct on (c.student_id) c.student_id, c.kind, c.tier from pg_temp.rainbow_computations c
    where c.run_id = cast(:run as uuid)
    order by c.student_id, c.number desc
), judged as (
    select s.gender, s.grade, s.boarding, s.left_behind, coalesce(t.tier, 'none') as was,
        case when m.kind = 'undetermined' then coalesce(t.tier, 'none') when m.kind = 'step_down' then t.tier
            else m.tier end as will,
        m.kind = 'propose' and m.tier is distinct from t.tier as looked_at, m.kind = 'step_down' as may_step_down
    from made m join public.students s on s.id = m.student_id left join public.rainbow_tiers t on t.student_id = m.student_id
    where s.school_id = any(cast(:schools as uuid[]))
)
select case when grouping(was) = 0 then 'was' when grouping(gender) = 0 then 'gender' when grouping(grade) = 0 then 'grade'
        when grouping(boarding) = 0 then 'boarding' when grouping(left_behind) = 0 then 'left_behind' else 'all' end as by,
    coalesce(was, gender, grade, boarding::text, left_behind) as row, will, count(*) as n,
    count(*) filter (where looked_at) as looks, count(*) filter (where may_step_down) as steps_down
from judged
group by grouping sets ((will), (was, will), (gender, will), (grade, will), (boarding, will), (left_behind, will))
order by 1, 2, 3

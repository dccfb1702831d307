-- How many students of a county stand where, by measure and column: over the county, and by school, grade, sex, boarding,
-- parents who work away and type of school. One row a group; no student is told apart (mission_care.md §5.2).
with who as materialized (
    select s.id, s.school_id, s.grade, s.gender, s.boarding, s.left_behind <> 'none' as left_behind, u.school_type
    from students s join units u on u.id = s.school_id
    where s.county_id = cast(:county as uuid) and s.left_on is null
), asked as (
    select distinct on (c.student_id) c.student_id, c.state from consents c
    where c.county_id = cast(:county as uuid) and c.purpose = 'screening' and c.school_year = cast(:year as int)
    order by c.student_id, c.created_at desc
), taken as (
    select t.student_id, min(case
            when t.state = 'valid' then 0
            when t.state in ('assigned', 'ready', 'in_progress', 'submitted', 'scored') then 1
            when t.state in ('invalid', 'needs_retest') then 3
            when t.reason_code = 'left_school' then 9
            when t.state = 'consent_pending' or t.reason_code = 'no_answer' then 4
            when t.state = 'missed' then 2
            when t.state = 'declined' and t.reason_code = 'student_no' then 7
            when t.state = 'declined' then 5
            else 9 end) as at
    from screening_tasks t join screening_campaigns c on c.id = t.campaign_id
    where c.county_id = cast(:county as uuid) and c.school_year = cast(:year as int) 
        and c.state in ('closed', 'scored', 'reviewed', 'archived')
    group by t.student_id
), taking_part as (
    select t.student_id, case when t.at = 5 and a.state = 'withdrawn' then 6 else t.at end as at
    from taken t left join asked a using (student_id) where t.at < 9
), newest as (
    select distinct on (c.student_id) c.student_id, c.tier, c.kind, c.sc, c.tr, c.ev, c.pa, c.hard_floor, c.rule_set
    from rainbow_computations c where c.county_id = cast(:county as uuid)
    order by c.student_id, c.number desc
), decided as (
    select a.student_id, a.proposed, a.decided, a.interviewed_on, a.state, a.computation, a.sampled,
        row_number() over (partition by a.student_id order by a.decided_on desc, a.computation desc) as back
    from rainbow_assessments a
    where a.county_id = cast(:county as uuid) and a.state in ('effective', 'expired', 'superseded', 'rejected')
        and (a.decided is not null or a.state = 'rejected')
), answered as (
    select r.student_id, r.answered_on, r.scale_code, r.usable, r.band,
        row_number() over (partition by r.student_id, r.scale_code order by r.answered_on desc, r.id) as back
    from scale_results r where r.county_id = cast(:county as uuid)
), days as (
    select student_id, answered_on, row_number() over (partition by student_id order by answered_on desc) as back
    from (select distinct student_id, answered_on from answered where usable) d
), facts (measure, at, student_id) as (
    select 'coverage', case when at = 0 then 0 else 1 end, student_id from taking_part
    union all
    select 'reasons', at - 1, student_id from taking_part where at > 0
    union all
    select 'levels', case t.tier when 'green' then 0 when 'yellow' then 1 when 'orange' then 2 else 3 end, t.student_id
        from rainbow_tiers t where t.county_id = cast(:county as uuid)
    union all
    select 'roster', 0, id from who
    union all
    select 'proposed ' || rule_set, case when kind = 'undetermined' or tier is null then 4
            else case tier when 'green' then 0 when 'yellow' then 1 when 'orange' then 2 else 3 end end, student_id
        from newest
    union all
    select 'scale ' || scale_code, case when band >= 2 then 1 else 0 end, student_id
        from answered where back = 1 and usable and band is not null
    union all
    select 'confirmed', case when state <> 'rejected' and decided <> 'green' then 0 else 1 end, student_id
        from decided where proposed <> 'green' and not sampled and interviewed_on is not null and back = 1
    union all
    select 'missed', case when decided <> 'green' then 0 else 1 end, student_id
        from decided where sampled and state <> 'rejected' and interviewed_on is not null and back = 1
    union all
    select 'found_by', case
            when c.screening and c.staff then 2 when c.screening then 0 when c.staff then 1 else 3 end, d.student_id
        from (select student_id, computation from decided where back = 1 and state <> 'rejected' and decided <> 'green') d
        join lateral (
            select r.sc > 0 or (bool_or(f->>'domain' = 'AL') and bool_or(f->>'domain' = 'SC')) as screening,
                r.tr > 0 or r.ev > 0 or r.pa > 0
                    or bool_or(f->>'domain' = 'TR' and coalesce(f->>'floor', '0') not in ('0', 'green')) as staff
            from rainbow_computations r left join lateral json_array_elements(r.factors) f on true
            where r.number = d.computation group by r.number) c on true
    union all
    select 'interval', case when n.answered_on - p.answered_on <= 365 then 0 else 1 end,
            n.student_id
        from days n left join days p on p.student_id = n.student_id and p.back = 2
        where n.back = 1 and (p.answered_on is not null or cast(:today as date) - n.answered_on > 365)
    union all
    select 'moved ' || p.decided, case n.decided when 'green' then 0 when 'yellow' then 1 when 'orange' then 2 else 3 end,
            n.student_id
        from decided n join decided p on p.student_id = n.student_id and p.back = 2
        where n.back = 1 and n.state <> 'rejected' and p.state <> 'rejected'
    union all
    select 'settled', case when p.decided_on <= p.due_on then 0 else 1 end, p.student_id
        from (select distinct on (a.student_id) a.student_id, a.decided_on,
                cast(coalesce(a.together_by_at, a.decide_by_at) at time zone 'Asia/Shanghai' as date) as due_on
            from rainbow_assessments a
            where a.county_id = cast(:county as uuid) and coalesce(a.together_by_at, a.decide_by_at) is not null
                and (a.decided_on is not null or a.state = 'proposed')
                and (a.decided_on is not null
                    or coalesce(a.together_by_at, a.decide_by_at) < cast(:today as date))
                and coalesce(a.decided_on, cast(:today as date)) >= cast(:began as date)
            order by a.student_id, a.computation desc) p
    union all
    select 'duties', case when bool_and(coalesce(d.done_on, cast(:today as date))
            <= cast(d.due_at at time zone 'Asia/Shanghai' as date)) then 0 else 1 end, d.student_id
        from care_duties d
        where d.county_id = cast(:county as uuid) and d.due_at >= cast(:began as date)
            and (d.state = 'done' or (d.state = 'due' and d.due_at < cast(:today as date)))
        group by d.student_id
    union all
    select 'alerts', case when bool_and(a.told <= 1) then 0 else 1 end, a.student_id
        from critical_alerts a
        where a.county_id = cast(:county as uuid) and a.raised_on >= cast(:began as date)
            and (a.state <> 'pending' or a.told > 1)
        group by a.student_id
    union all
    select 'waits', case when w.accepted_at is null then cast(:day_steps as int)
            else least(greatest(cast(ceil(extract(epoch from w.accepted_at - w.created_at) / 60 / cast(:step_minutes as int)) as int), 1) - 1,
                cast(:day_steps as int)) end, w.student_id
        from (select distinct on (a.student_id) a.student_id, a.created_at, a.accepted_at
            from critical_alerts a
            where a.county_id = cast(:county as uuid) and a.raised_on >= cast(:began as date)
                and (a.accepted_at is not null or (a.state = 'pending' and a.told > 1))
            order by a.student_id, a.created_at desc) w
    union all
    select 'agreement', case when tr >= 15 then 3 when tr >= 10 then 2 when tr >= 5 then 1 else 0 end * 4
            + case when sc >= 28 then 3 when sc >= 18 then 2 when sc >= 8 then 1 else 0 end, n.student_id
        from newest n
        where exists (select from teacher_ratings t where t.student_id = n.student_id and t.rated_on > cast(:today as date) - 90)
            and exists (select from answered a where a.student_id = n.student_id and a.usable
                and a.answered_on > cast(:today as date) - 180)
), counted as materialized (
    select f.measure, f.at, w.school_id, w.grade, w.gender, w.boarding, w.left_behind, w.school_type, count(*) as n
    from facts f join who w on w.id = f.student_id
    group by 1, 2, 3, 4, 5, 6, 7, 8
)
select measure, at, cast(school_id as text) as school, grade, gender, boarding, left_behind, school_type,
    cast(sum(n) as int) as n,
    grouping(school_id, grade, gender, boarding, left_behind, school_type) as cut
from counted
group by grouping sets (
    (measure, at), (measure, at, school_id), (measure, at, grade), (measure, at, gender), (measure, at, boarding),
    (measure, at, left_behind), (measure, at, school_type))

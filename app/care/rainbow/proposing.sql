-- The computations of one run that propose something new become assessments that wait for people (domain B4, decision 63).
-- A level that nobody has looked at for a year is proposed anew although no fact has changed.
with told as (
    select c.number, c.county_id, c.school_id, c.student_id, c.rule_set, c.kind, c.tier from rainbow_computations c
    where c.run_id = cast(:run as uuid) and c.kind = 'propose' and c.school_id = any(cast(:schools as uuid[]))
    union all
    select n.number, n.county_id, n.school_id, n.student_id, n.rule_set, n.kind, n.tier from (
        select distinct on (c.student_id) c.* from rainbow_computations c
        where c.school_id = any(cast(:schools as uuid[])) and c.student_id = any(array(
            select a.student_id from rainbow_assessments a
            where a.state = 'expired' and a.school_id = any(cast(:schools as uuid[])) and not exists (
                select from rainbow_assessments o where o.student_id = a.student_id and o.state = 'proposed')))
        order by c.student_id, c.number desc
    ) n
    where n.tier is not null and (n.kind <> 'propose' or n.run_id <> cast(:run as uuid))
), due as (
    select c.number, c.county_id, c.school_id, c.student_id, c.rule_set,
        case when c.kind = 'propose' then c.tier else t.tier end as tier,
        -- Drawn from one secret of the run: asking the system for chance twice a row took longer than writing the row.
        -- Keys rise with the students, so that each index grows at one end.
        sha256(cast(:secret as bytea) || uuid_send(c.student_id)) as drawn,
        lpad(to_hex(row_number() over (order by c.student_id)), 7, '0') as place
    from told c
        left join rainbow_tiers t on t.student_id = c.student_id
        left join rainbow_assessments a on a.student_id = c.student_id and a.state in ('effective', 'expired')
    where (t.tier is distinct from c.tier or a.id is null or a.state = 'expired')
        and not exists (select from students s where s.id = c.student_id and s.left_on is not null)
), drawn_before as (
    -- Whoever was drawn stays so when what the talk found makes another proposal of it.
    select distinct o.student_id from rainbow_assessments o
    where o.school_id = any(cast(:schools as uuid[])) and o.sampled and o.state = 'superseded' and o.decided is null
        and o.state_since = cast(:now as timestamptz)
), limits as (
    select * from jsonb_to_recordset(cast(:limits as jsonb))
        as l (tier text, priority smallint, decide_by timestamptz, together_by timestamptz)
), expert as (
    select distinct on (a.record_id) a.record_id as student_id, a.person_id from case_assignments a
        join due on due.student_id = a.record_id
    where a.entity = 'students' and a.part = 'expert' and a.from_on <= cast(:today as date)
        and (a.to_on is null or a.to_on >= cast(:today as date))
    order by a.record_id, a.from_on desc
), made as (
    insert into rainbow_assessments (id, ref, created_at, county_id, school_id, unit_id, student_id, owner_id,
        computation, rule_set, proposed, sampled, priority, decide_by_at, together_by_at, state, state_since, workflow_version)
    select cast(concat(cast(:moment as text), '7', substr(d.place, 1, 3), '8', substr(d.place, 4),
            substr(encode(substr(d.drawn, 1, 6), 'hex'), 2)) as uuid), encode(substr(d.drawn, 10, 8), 'hex'), cast(:now as timestamptz), d.county_id, d.school_id, d.school_id,
        d.student_id, e.person_id, d.number, d.rule_set, d.tier, b.student_id is not null or d.tier = 'green'
            and get_byte(d.drawn, 20) * 256 + get_byte(d.drawn, 21) < 65536 * cast(:sample as float),
        l.priority, l.decide_by, l.together_by,
        'proposed', cast(:now as timestamptz), cast(:workflow_version as int)
    from due d join limits l on l.tier = d.tier left join expert e using (student_id)
        left join drawn_before b using (student_id)
    order by d.student_id
    returning id, proposed
)
select proposed, count(*) as proposals, array_agg(id) filter (where proposed in ('orange', 'red')) as urgent
from made group by proposed

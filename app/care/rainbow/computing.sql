-- Facts of every student become points, floors and an answer (domain §4); see computing.py for what comes in.
with rank as materialized (
    select tier, place - 1 as place from unnest(:tiers) with ordinality as v (tier, place)
), factor as materialized (
    select e.key as code, e.value->>'domain' as domain, (e.value->>'points')::int as points, e.value->>'group' as grp,
        (e.value->>'days')::int as days, (e.value->>'months')::int as months, e.value->>'only_from' as only_from
    from jsonb_each(:rules->'factors') e
), band as materialized (
    select b.place::int - 1 as band, (b.value #>> '{}')::int as points, coalesce(k.place, 0) as soft
    from jsonb_array_elements(:rules->'scales'->'band_points') with ordinality as b (value, place)
        left join rank k on k.tier = :rules->'floors'->'fresh_band'->>((b.place - 1)::text)
), level as materialized (
    select e.key as level, (e.value #>> '{}')::int as points, k.place as hard
    from jsonb_each(:rules->'assessment'->'points') e join rank k on k.tier = :rules->'assessment'->'floors'->>e.key
), floor as materialized (
    select name, k.place from (values
        ('O1a', :rules->'floors'->>'urgent_alert'), ('O1b', :rules->'floors'->>'same_day_alert'),
        ('cleared', :rules->'floors'->'cleared_alert'->>'tier'), ('crisis_open', :rules->'floors'->>'crisis_open'),
        ('returned_from_leave', :rules->'floors'->'returned_from_leave'->>'tier'), ('worry', :rules->'floors'->>'worry_item'),
        ('ceiling', :rules->>'ceiling')) as v (name, tier) join rank k using (tier)
), harm as materialized (
    select (e->>'days')::int as days, k.place from jsonb_array_elements(:rules->'floors'->'self_harm') e
        join rank k on k.tier = e->>'tier'
), danger as materialized (
    select (e.value #>> '{}')::int as least, k.place from jsonb_each(:rules->'rating'->'danger_items') e
        join rank k on k.tier = e.key
), rating_step as materialized (
    select raw, (select (e->>1)::int from jsonb_array_elements(:rules->'rating'->'points') e
            where raw <= (e->>0)::int order by (e->>0)::int limit 1) as points
    from generate_series(0, 18) raw
), danger_step as materialized (
    select danger, coalesce((select max(d.place) from danger d where v.danger >= d.least), 0) as hard
    from generate_series(0, 3) v (danger)
), flag_set as materialized (
    select flagged, to_jsonb(array_remove(array[case when flagged & 1 > 0 then 'no_self_report' end,
        case when flagged & 2 > 0 then 'care_flag' end, case when flagged & 4 > 0 then 'stale' end,
        case when flagged & 8 > 0 then 'conflict' end], null)) as flags
    from generate_series(0, 15) flagged
), pupil as (
    select s.id as student_id, s.county_id, s.school_id, s.batch_id is not null as roster_known
    from students s
    where s.school_id = any(:schools) and (s.left_on is null or s.left_on >= :today)
        and (:student is null or s.id = :student)
), facts as (
    select f.student_id, k.domain, f.code, f.source, f.dated_on as on_day, k.points, row_number() over (
            partition by f.student_id, k.domain, k.grp
            order by k.points desc, f.dated_on desc, f.code collate "C", f.source collate "C") = 1 as counts
    from risk_facts f join factor k using (code)
    where f.school_id = any(:schools) and (:student is null or f.student_id = :student)
        and f.dated_on <= :today
        and (f.ended_on is null or f.ended_on > :today) and (k.only_from is null or k.only_from = f.source)
        and :today <= case when k.days is not null then f.dated_on + k.days
            else (f.dated_on + make_interval(months => k.months))::date end
), newest_scale as (
    select distinct on (s.student_id, s.scale_code) s.student_id, s.scale_code, s.construct, s.answered_on, s.band,
        s.worry, :today - s.answered_on <= :fresh_days as fresh
    from scale_results s
    where s.school_id = any(:schools) and (:student is null or s.student_id = :student)
        and s.usable and s.answered_on between :today - :usable_days and :today
    order by s.student_id, s.scale_code, s.answered_on desc, s.band desc, s.worry desc
), pointed_scale as (
    select s.*, case when s.fresh then b.points else b.points / 2 end as points,
        case when s.fresh then greatest(b.soft, case when s.worry then w.place else 0 end) else 0 end as soft
    from newest_scale s join band b using (band) cross join (select place from floor where name = 'worry') w
), ordered_scale as (
    select *, row_number() over main as place, first_value(construct) over main as first_construct
    from pointed_scale
    window main as (partition by student_id order by points desc, construct collate "C", scale_code collate "C")
), further as (
    select distinct on (s.student_id, s.construct) s.student_id, s.scale_code,
        case when fresh then :further else :further_stale end as given
    from ordered_scale s
    where construct <> first_construct and band >= :further_from
    order by s.student_id, s.construct, fresh desc, scale_code
), scale as (
    select s.*, case when place = 1 then s.points else coalesce(f.given, 0) end as given
    from ordered_scale s left join further f using (student_id, scale_code)
), rating as (
    select distinct on (t.student_id) t.student_id, t.rated_on, t.items[1] + t.items[2] + t.items[3] + t.items[4]
        + t.items[5] + t.items[6] as raw, greatest(t.items[7], t.items[8]) as danger
    from teacher_ratings t
    where t.school_id = any(:schools) and (:student is null or t.student_id = :student)
        and t.rated_on between :today - :rating_days and :today
    order by t.student_id, t.rated_on desc, danger desc, raw desc
), look as (
    select distinct on (a.student_id) a.student_id, a.assessed_on, a.level, l.points, l.hard
    from professional_assessments a join level l using (level)
    where a.school_id = any(:schools) and (:student is null or a.student_id = :student)
        and a.assessed_on between :today - :assessment_days and :today
    order by a.student_id, a.assessed_on desc, l.hard desc
), piece (student_id, domain, code, source, on_day, points, counts, hard, soft, band, fresh, raw) as (
    select student_id, domain, code, source, on_day, points, counts, 0, 0, null::int,
        null::boolean, null::int from facts
    union all
    select student_id, 'SC', scale_code, 'self', answered_on, given, given > 0 or place = 1, 0, soft, band, fresh,
        null from scale
    union all
    select r.student_id, 'TR', 'rating', 'teacher', r.rated_on, p.points, true, d.hard, 0, null, null, r.raw
    from rating r left join rating_step p using (raw) left join danger_step d using (danger)
    union all
    select student_id, 'PA', level, 'professional', assessed_on, points, true, hard, 0,
        null, null, null from look
    union all
    select a.student_id, 'AL', a.kind, 'alert', a.raised_on, 0, true, f.place, 0, null, null, null
    from critical_alerts a join floor f on f.name = case when a.cleared_on is null or a.cleared_on > :today then a.kind else 'cleared' end
    where a.school_id = any(:schools) and (:student is null or a.student_id = :student)
        and a.raised_on <= :today
        and (a.cleared_on is null or :today - a.cleared_on <= :cleared_days)
    union all
    select s.student_id, 'SF', s.code, s.source, s.dated_on, 0, true, case s.code
            when 'self_harm' then (select max(h.place) from harm h where :today - s.dated_on <= h.days)
            when 'crisis_open' then (select place from floor where name = 'crisis_open')
            when 'returned_from_leave' then (select place from floor where name = 'returned_from_leave'
                and :today - s.dated_on <= :leave_days) end, 0, null, null, null
    from risk_facts s
    where s.school_id = any(:schools) and (:student is null or s.student_id = :student)
        and s.code in ('self_harm', 'crisis_open', 'returned_from_leave')
        and s.dated_on <= :today and (s.ended_on is null or s.ended_on > :today)
), summed as (
    select p.student_id,
        sum(points) filter (where counts and domain = 'BG') as bg, sum(points) filter (where counts and domain = 'EV') as ev,
        sum(points) filter (where domain = 'SC') as sc, max(points) filter (where domain = 'TR') as tr,
        max(points) filter (where domain = 'PA') as pa, bool_or(domain = 'SC') as answered, bool_or(domain = 'TR') as rated,
        max(hard) as hard, max(soft) as soft, max(band) as highest, bool_or(fresh) as any_fresh, max(raw) as raw,
        max(on_day) filter (where domain = 'SC') as last_on, max(on_day) filter (where domain = 'PA') as assessed_on,
        bool_or(domain = 'PA' and code = 'none') as looked_well,
        -- Kept as it is written here, so the digest of the text is that of what is kept; codes and sources are plain words.
        '[' || string_agg('{"on":"' || on_day || '","code":"' || code || '","domain":"' || domain || '","source":"' || source
            || '","points":' || coalesce(points::text, 'null') || case when soft > 0 then ',"soft":' || soft else '' end
            || case when hard > 0 then ',"floor":' || hard else '' end || case when counts then '}' else ',"counts": false}' end, ','
            order by domain, code collate "C", source collate "C", on_day, points) || ']' as factors
    from piece p where p.domain <> 'SF' or p.hard is not null group by p.student_id
), newest as (
    select distinct on (c.student_id) c.student_id, c.computed_on, c.kind, c.tier, c.rule_set, c.inputs_sha256, c.fits_since
    from rainbow_computations c
    where c.school_id = any(:schools) and (:student is null or c.student_id = :student)
    order by c.student_id, c.number desc
), known as (
    select p.student_id, p.county_id, p.school_id, least(coalesce(s.bg, 0), :bg_cap) as bg,
        least(coalesce(s.ev, 0), :ev_cap) as ev, least(coalesce(s.sc, 0), :sc_cap) as sc,
        least(coalesce(s.tr, 0), :tr_cap) as tr, least(coalesce(s.pa, 0), :pa_cap) as pa,
        (:shares)[1 + case when s.answered then 4 else 0 end + case when s.rated then 2 else 0 end
            + case when p.roster_known then 1 else 0 end] as completeness,
        coalesce(s.hard, 0) as hard, coalesce(s.soft, 0) as raw_soft, coalesce(s.answered, false) as answered,
        coalesce(s.answered and s.looked_well and s.assessed_on >= s.last_on, false) as calm,
        coalesce(s.factors, '[]') as factors, s.highest, coalesce(s.any_fresh, false) as any_fresh, s.last_on,
        s.raw, s.assessed_on, array_position(:tiers, t.tier::text) - 1 as current, t.since,
        case when o.computed_on > t.since then o.fits_since end as fitted_since,
        o.kind as old_kind, o.tier as old_tier, o.rule_set as old_rule_set, o.inputs_sha256 as old_inputs
    from pupil p left join summed s using (student_id) left join rainbow_tiers t using (student_id)
        left join newest o using (student_id)
    offset 0
), totalled as (
    select k.*, least(bg + ev + sc + tr + pa, :total_cap) as total, case when calm then 0 else raw_soft end as soft
    from known k
), reached as (
    select t.*, greatest(least(case when total >= :red then 3 when total >= :orange then 2 when total >= :yellow then 1
            else 0 end, case when calm then c.place else 3 end), hard, soft) as reached,
        case current when 3 then :red when 2 then :orange when 1 then :yellow end as lower
    from totalled t, (select place from floor where name = 'ceiling') c
    offset 0
), fitted as (
    select r.*, current is not null and r.reached < current and total <= lower - :margin
            and greatest(hard, soft) <= current - 1 as fits,
        completeness < :least and total < :yellow and greatest(hard, soft) = 0 as undetermined,
        coalesce(fitted_since, :today) as since_when
    from reached r
), looked as (
    -- Only where nothing else was looked at anew does the plan's signed review decide, and only there is it read.
    select f.*, case when fits and not undetermined and :today - since >= :dwell_days
                and :today - since_when >= :agree_days and not coalesce(last_on > since, false)
                and not coalesce(assessed_on > since, false)
            then (select max(e.happened_on) from change_evidence e where e.student_id = f.student_id
                and e.school_id = f.school_id and e.kind = 'plan_review' and e.happened_on > f.since
                and e.happened_on <= :today) end as reviewed_on
    from fitted f
), answered as (
    select f.*, case when undetermined then 'undetermined' when current is null or f.reached >= current then 'propose'
            when not fits then 'hold_points' when :today - since < :dwell_days then 'hold_dwell'
            when :today - since_when < :agree_days then 'hold_once'
            when not coalesce(last_on > since, false) and not coalesce(assessed_on > since, false)
                and reviewed_on is null then 'hold_lapsed'
            else 'step_down' end as kind
    from looked f
    offset 0
), told as (
    select a.*, (:tiers)[1 + case kind when 'undetermined' then null when 'propose' then a.reached
            when 'step_down' then current - 1 else current end] as tier,
        sha256(convert_to(concat_ws('|', factors, completeness, current, since, reviewed_on), 'UTF8')) as inputs,
        case when not a.answered then 1 else 0 end + case when bg >= :care_flag_from then 2 else 0 end
            + case when a.answered and not any_fresh then 4 else 0 end
            + case when a.answered and (raw >= :conflict_rating and sc = 0 or highest >= :conflict_band and raw = 0)
                then 8 else 0 end as flagged
    from answered a
    offset 0
), written as (
    insert into rainbow_computations (county_id, school_id, student_id, run_id, computed_on, rule_set, kind, tier,
        bg, ev, sc, tr, pa, total, completeness, hard_floor, soft_floor, flags, factors, inputs_sha256, fits_since)
    select t.county_id, t.school_id, t.student_id, :run, :today, :version, t.kind,
        t.tier, bg, ev, sc, tr, pa, total, completeness, (:tiers)[t.hard + 1], (:tiers)[t.soft + 1], flags,
        cast(factors as json), inputs, case when fits and not undetermined then since_when end
    from told t join flag_set g using (flagged)
    where t.old_inputs is distinct from t.inputs or t.old_kind is distinct from t.kind
        or t.old_tier is distinct from t.tier or t.old_rule_set is distinct from :version
    returning student_id, inputs_sha256, kind, tier
)
select count(*) as written, encode(sha256(coalesce(string_agg(uuid_send(student_id) || inputs_sha256
    || convert_to(concat_ws(' ', kind, tier), 'UTF8'), '' order by student_id), '')), 'hex') as digest from written

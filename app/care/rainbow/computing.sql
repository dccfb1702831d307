-- Facts of every student become points, floors and an answer (domain §4); see computing.py for what comes in.
with given as materialized (
    select cast(:rules as jsonb) as r, cast(:today as date) as today
), n as materialized (
    select today, r->'rating'->'points' as rating_points,
        (r->'tiers'->>'yellow')::int as yellow, (r->'tiers'->>'orange')::int as orange, (r->'tiers'->>'red')::int as red,
        (r->>'total_cap')::int as total_cap, (r->'caps'->>'BG')::int as bg_cap, (r->'caps'->>'EV')::int as ev_cap,
        (r->'caps'->>'SC')::int as sc_cap, (r->'caps'->>'TR')::int as tr_cap, (r->'caps'->>'PA')::int as pa_cap,
        (r->'scales'->>'fresh_days')::int as fresh_days, (r->'scales'->>'usable_days')::int as usable_days,
        (r->'scales'->>'further_from_band')::int as further_from,
        (r->'scales'->>'further_points')::int as further, (r->'scales'->>'further_points_stale')::int as further_stale,
        (r->'rating'->>'days')::int as rating_days, (r->'assessment'->>'days')::int as assessment_days,
        (r->'floors'->'cleared_alert'->>'days')::int as cleared_days,
        (r->'floors'->'returned_from_leave'->>'days')::int as leave_days,
        (r->'completeness'->>'SC')::numeric as w_sc, (r->'completeness'->>'TR')::numeric as w_tr,
        (r->'completeness'->>'BG')::numeric as w_bg, (r->'completeness'->>'least')::numeric as w_least,
        (r->'step_down'->>'margin')::int as margin, (r->'step_down'->>'dwell_days')::int as dwell_days,
        (r->'step_down'->>'agree_days')::int as agree_days, (r->>'care_flag_from')::int as care_flag_from,
        (r->'conflict'->>'rating_from')::int as conflict_rating, (r->'conflict'->>'band_from')::int as conflict_band
    from given
), rank as materialized (
    select * from (values ('green', 0), ('yellow', 1), ('orange', 2), ('red', 3)) as v (tier, place)
), factor as materialized (
    select e.key as code, e.value->>'domain' as domain, (e.value->>'points')::int as points, e.value->>'group' as grp,
        (e.value->>'days')::int as days, (e.value->>'months')::int as months, e.value->>'only_from' as only_from
    from given, jsonb_each(r->'factors') e
), band as materialized (
    select b.place::int - 1 as band, (b.value #>> '{}')::int as points, coalesce(k.place, 0) as soft
    from given cross join jsonb_array_elements(r->'scales'->'band_points') with ordinality as b (value, place)
        left join rank k on k.tier = r->'floors'->'fresh_band'->>((b.place - 1)::text)
), level as materialized (
    select e.key as level, (e.value #>> '{}')::int as points, k.place as hard
    from given cross join jsonb_each(r->'assessment'->'points') e
        join rank k on k.tier = r->'assessment'->'floors'->>e.key
), floor as materialized (
    select name, k.place from given cross join lateral (values
        ('O1a', r->'floors'->>'urgent_alert'), ('O1b', r->'floors'->>'same_day_alert'),
        ('cleared', r->'floors'->'cleared_alert'->>'tier'), ('crisis_open', r->'floors'->>'crisis_open'),
        ('returned_from_leave', r->'floors'->'returned_from_leave'->>'tier'), ('worry', r->'floors'->>'worry_item'),
        ('ceiling', r->>'ceiling')) as v (name, tier) join rank k using (tier)
), harm as materialized (
    select (e->>'days')::int as days, k.place from given, jsonb_array_elements(r->'floors'->'self_harm') e
        join rank k on k.tier = e->>'tier'
), danger as materialized (
    select (e.value #>> '{}')::int as least, k.place from given, jsonb_each(r->'rating'->'danger_items') e
        join rank k on k.tier = e.key
), rating_step as materialized (
    select raw, (select (e->>1)::int from jsonb_array_elements(n.rating_points) e
            where raw <= (e->>0)::int order by (e->>0)::int limit 1) as points
    from n, generate_series(0, 18) raw
), danger_step as materialized (
    select danger, coalesce((select max(d.place) from danger d where v.danger >= d.least), 0) as hard
    from generate_series(0, 3) v (danger)
), flag_set as materialized (
    select flagged, to_jsonb(array_remove(array[case when flagged & 1 > 0 then 'no_self_report' end,
        case when flagged & 2 > 0 then 'care_flag' end, case when flagged & 4 > 0 then 'stale' end,
        case when flagged & 8 > 0 then 'conflict' end], null)) as flags
    from generate_series(0, 15) flagged
), pupil as materialized (
    select s.id as student_id, s.county_id, s.school_id, s.batch_id is not null as roster_known
    from students s, n
    where s.school_id = any(cast(:schools as uuid[])) and (s.left_on is null or s.left_on >= n.today)
        and (cast(:student as uuid) is null or s.id = cast(:student as uuid))
), facts as (
    select f.student_id, k.domain, f.code, f.source, f.dated_on as on_day, k.points, row_number() over (
            partition by f.student_id, k.domain, k.grp
            order by k.points desc, f.dated_on desc, f.code collate "C", f.source collate "C") = 1 as counts
    from risk_facts f join pupil using (student_id) join factor k using (code), n
    where f.school_id = any(cast(:schools as uuid[])) and f.dated_on <= n.today
        and (f.ended_on is null or f.ended_on > n.today) and (k.only_from is null or k.only_from = f.source)
        and n.today <= case when k.days is not null then f.dated_on + k.days
            else (f.dated_on + make_interval(months => k.months))::date end
), newest_scale as (
    select distinct on (s.student_id, s.scale_code) s.student_id, s.scale_code, s.construct, s.answered_on, s.band,
        s.worry, n.today - s.answered_on <= n.fresh_days as fresh
    from scale_results s join pupil using (student_id), n
    where s.school_id = any(cast(:schools as uuid[])) and s.usable
        and s.answered_on between n.today - n.usable_days and n.today
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
        case when fresh then n.further else n.further_stale end as given
    from ordered_scale s, n
    where construct <> first_construct and band >= n.further_from
    order by s.student_id, s.construct, fresh desc, scale_code
), scale as (
    select s.*, case when place = 1 then s.points else coalesce(f.given, 0) end as given
    from ordered_scale s left join further f using (student_id, scale_code)
), rating as (
    select distinct on (t.student_id) t.student_id, t.rated_on, t.items[1] + t.items[2] + t.items[3] + t.items[4]
        + t.items[5] + t.items[6] as raw, greatest(t.items[7], t.items[8]) as danger
    from teacher_ratings t join pupil using (student_id), n
    where t.school_id = any(cast(:schools as uuid[])) and t.rated_on between n.today - n.rating_days and n.today
    order by t.student_id, t.rated_on desc, danger desc, raw desc
), look as (
    select distinct on (a.student_id) a.student_id, a.assessed_on, a.level, l.points, l.hard
    from professional_assessments a join pupil using (student_id) join level l using (level), n
    where a.school_id = any(cast(:schools as uuid[])) and a.assessed_on between n.today - n.assessment_days and n.today
    order by a.student_id, a.assessed_on desc, l.hard desc
), piece (student_id, domain, code, source, on_day, points, counts, hard, soft, band, fresh, raw) as (
    select student_id, domain, code, source, on_day, points, counts, 0, 0, null::int, null::boolean, null::int from facts
    union all
    select student_id, 'SC', scale_code, 'self', answered_on, given, given > 0 or place = 1, 0, soft, band, fresh,
        null from scale
    union all
    select r.student_id, 'TR', 'rating', 'teacher', r.rated_on, p.points, true, d.hard, 0, null, null, r.raw
    from rating r left join rating_step p using (raw) left join danger_step d using (danger)
    union all
    select student_id, 'PA', level, 'professional', assessed_on, points, true, hard, 0, null, null, null from look
    union all
    select a.student_id, 'AL', a.kind, 'alert', a.raised_on, 0, true, f.place, 0, null, null, null
    from critical_alerts a join pupil using (student_id) cross join n
        join floor f on f.name = case when a.cleared_on is null or a.cleared_on > n.today then a.kind else 'cleared' end
    where a.school_id = any(cast(:schools as uuid[])) and a.raised_on <= n.today
        and (a.cleared_on is null or n.today - a.cleared_on <= n.cleared_days)
    union all
    select s.student_id, 'SF', s.code, s.source, s.dated_on, 0, true, case s.code
            when 'self_harm' then (select max(h.place) from harm h where n.today - s.dated_on <= h.days)
            when 'crisis_open' then (select place from floor where name = 'crisis_open')
            when 'returned_from_leave' then (select place from floor where name = 'returned_from_leave'
                and n.today - s.dated_on <= n.leave_days) end, 0, null, null, null
    from risk_facts s join pupil using (student_id), n
    where s.school_id = any(cast(:schools as uuid[])) and s.code in ('self_harm', 'crisis_open', 'returned_from_leave')
        and s.dated_on <= n.today and (s.ended_on is null or s.ended_on > n.today)
), summed as (
    select p.student_id,
        sum(points) filter (where counts and domain = 'BG') as bg, sum(points) filter (where counts and domain = 'EV') as ev,
        sum(points) filter (where domain = 'SC') as sc, max(points) filter (where domain = 'TR') as tr,
        max(points) filter (where domain = 'PA') as pa, bool_or(domain = 'SC') as answered, bool_or(domain = 'TR') as rated,
        max(hard) as hard, max(soft) as soft, max(band) as highest, bool_or(fresh) as any_fresh, max(raw) as raw,
        max(on_day) filter (where domain = 'SC') as last_on, max(on_day) filter (where domain = 'PA') as assessed_on,
        bool_or(domain = 'PA' and code = 'none') as looked_well,
        -- As the database itself writes such an array, so that the digest of the text is the digest of what is kept.
        '[' || string_agg('{"on": "' || on_day || '", "code": ' || to_json(code) || ', "soft": ' || soft || ', "floor": '
            || coalesce(hard, 0) || case when counts then ', "counts": true' else ', "counts": false' end || ', "domain": "'
            || domain || '", "points": ' || coalesce(points::text, 'null') || ', "source": ' || to_json(source) || '}', ', '
            order by domain, code collate "C", source collate "C", on_day, points) || ']' as factors
    from piece p where p.domain <> 'SF' or p.hard is not null group by p.student_id
), newest as (
    select distinct on (c.student_id) c.student_id, c.computed_on, c.kind, c.tier, c.rule_set, c.inputs_sha256, c.fits_since
    from rainbow_computations c where c.school_id = any(cast(:schools as uuid[])) and c.student_id in (select student_id from pupil)
    order by c.student_id, c.number desc
), known as (
    select p.student_id, p.county_id, p.school_id, least(coalesce(s.bg, 0), n.bg_cap) as bg,
        least(coalesce(s.ev, 0), n.ev_cap) as ev, least(coalesce(s.sc, 0), n.sc_cap) as sc,
        least(coalesce(s.tr, 0), n.tr_cap) as tr, least(coalesce(s.pa, 0), n.pa_cap) as pa,
        case when s.answered then n.w_sc else 0 end + case when s.rated then n.w_tr else 0 end
            + case when p.roster_known then n.w_bg else 0 end as completeness,
        coalesce(s.hard, 0) as hard, coalesce(s.soft, 0) as raw_soft, coalesce(s.answered, false) as answered,
        coalesce(s.answered and s.looked_well and s.assessed_on >= s.last_on, false) as calm,
        coalesce(s.factors, '[]') as factors, s.highest, coalesce(s.any_fresh, false) as any_fresh, s.last_on,
        s.raw, s.assessed_on, k.place as current, t.since,
        case when o.computed_on > t.since then o.fits_since end as fitted_since,
        o.kind as old_kind, o.tier as old_tier, o.rule_set as old_rule_set, o.inputs_sha256 as old_inputs
    from pupil p cross join n left join summed s using (student_id)
        left join rainbow_tiers t using (student_id) left join rank k on k.tier = t.tier
        left join newest o using (student_id)
    offset 0
), totalled as (
    select k.*, least(bg + ev + sc + tr + pa, n.total_cap) as total, case when calm then 0 else raw_soft end as soft
    from known k, n
), reached as (
    select t.*, greatest(least(case when total >= n.red then 3 when total >= n.orange then 2 when total >= n.yellow then 1
            else 0 end, case when calm then c.place else 3 end), hard, soft) as reached,
        case current when 3 then n.red when 2 then n.orange when 1 then n.yellow end as lower
    from totalled t, n, (select place from floor where name = 'ceiling') c
    offset 0
), fitted as (
    select r.*, current is not null and r.reached < current and total <= lower - n.margin
            and greatest(hard, soft) <= current - 1 as fits,
        completeness < n.w_least and total < n.yellow and greatest(hard, soft) = 0 as undetermined,
        coalesce(fitted_since, n.today) as since_when
    from reached r, n
), looked as (
    -- Only where nothing else was looked at anew does the plan's signed review decide, and only there is it read.
    select f.*, case when fits and not undetermined and n.today - since >= n.dwell_days
                and n.today - since_when >= n.agree_days and not coalesce(last_on > since, false)
                and not coalesce(assessed_on > since, false)
            then (select max(e.happened_on) from change_evidence e where e.student_id = f.student_id
                and e.school_id = f.school_id and e.kind = 'plan_review' and e.happened_on > f.since
                and e.happened_on <= n.today) end as reviewed_on
    from fitted f, n
), answered as (
    select f.*, case when undetermined then 'undetermined' when current is null or f.reached >= current then 'propose'
            when not fits then 'hold_points' when n.today - since < n.dwell_days then 'hold_dwell'
            when n.today - since_when < n.agree_days then 'hold_once'
            when not coalesce(last_on > since, false) and not coalesce(assessed_on > since, false)
                and reviewed_on is null then 'hold_lapsed'
            else 'step_down' end as kind
    from looked f, n
    offset 0
), told as (
    select a.*, case kind when 'undetermined' then null when 'propose' then a.reached when 'step_down' then current - 1
            else current end as landing,
        sha256(convert_to(concat_ws('|', factors, completeness, current, since, reviewed_on), 'UTF8')) as inputs,
        case when not a.answered then 1 else 0 end + case when bg >= n.care_flag_from then 2 else 0 end
            + case when a.answered and not any_fresh then 4 else 0 end
            + case when a.answered and (raw >= n.conflict_rating and sc = 0 or highest >= n.conflict_band and raw = 0)
                then 8 else 0 end as flagged
    from answered a, n
    offset 0
), written as (
    insert into rainbow_computations (county_id, school_id, student_id, run_id, computed_on, rule_set, kind, tier,
        bg, ev, sc, tr, pa, total, completeness, hard_floor, soft_floor, flags, factors, inputs_sha256, fits_since)
    select t.county_id, t.school_id, t.student_id, cast(:run as uuid), n.today, cast(:version as text), t.kind, l.tier,
        bg, ev, sc, tr, pa, total, completeness, h.tier, s.tier, flags, cast(factors as jsonb), inputs,
        case when fits and not undetermined then since_when end
    from told t cross join n left join rank l on l.place = t.landing join rank h on h.place = t.hard
        join rank s on s.place = t.soft join flag_set g using (flagged)
    where t.old_inputs is distinct from t.inputs or t.old_kind is distinct from t.kind
        or t.old_tier is distinct from l.tier or t.old_rule_set is distinct from cast(:version as text)
    order by t.student_id
    returning student_id, inputs_sha256, kind, tier
)
select count(*) as written, encode(sha256(coalesce(string_agg(uuid_send(student_id) || inputs_sha256
    || convert_to(concat_ws(' ', kind, tier), 'UTF8'), '' order by student_id), '')), 'hex') as digest from written

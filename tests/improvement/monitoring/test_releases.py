"""Four versions of one data set, a package for each school, and who signs for it."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.core import calendar, clock
from app.core.casework.deadlines import Deadline, work_calendar
from app.core.database import db
from app.core.errors import NotAllowed, NotFound
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.models import BriefingRecord, DataRelease, ReleaseAck
from app.improvement.monitoring.operations import BriefingIn, Move
from app.improvement.monitoring.snapshots import interval_of
from app.improvement.provenance import inputs_digest
from tests.cast import Cast
from tests.factories.monitoring import NUMBER, PASS, WORKED, Line, act_as, released

REGION = Line("bureau", NUMBER, 498, n=2400, level="区域")


def packages(county: Cast) -> dict[str, dict[str, object]]:
    act_as(county.actor("office_director"))
    acks = db.session.scalars(select(ReleaseAck).options(undefer(ReleaseAck.package))).all()
    names = {place.id: key for key, place in county.units.items()}
    return {names[ack.unit_id]: ack.package for ack in acks}


def snapshots(county: Cast) -> dict[str, DataRelease]:
    act_as(county.actor("office_director"))
    found = db.session.scalars(select(DataRelease).options(undefer(DataRelease.snapshot)))
    return {release.audience: release for release in found}


def ack_of(county: Cast, key: str) -> ReleaseAck:
    actor = act_as(county.actor(key))
    return db.session.scalars(select(ReleaseAck).where(ReleaseAck.unit_id == actor.unit_id)).one()


def test_the_four_versions_come_from_one_data_set_and_carry_their_own_print(county: Cast) -> None:
    released(county)
    found = snapshots(county)
    assert set(found) == {"basic", "analysis", "topic", "public"}
    assert len({release.dataset_sha256 for release in found.values()}) == 1
    assert all(release.snapshot_sha256 == inputs_digest(release.snapshot) for release in found.values())
    assert all(release.released_at for release in found.values())


def test_a_package_holds_the_schools_own_values_and_no_others(county: Cast) -> None:
    released(county, (*WORKED, REGION))
    found = packages(county)["shuangqiao"]
    assert {cell["indicator"] for cell in found["cells"]} == {"MATH-NUM", "MATH-GEO", "MATH-PASS"}
    words = json.dumps(found, ensure_ascii=False)
    others = [place for key, place in county.units.items() if place.kind == "school" and key != "shuangqiao"]
    assert not any(place.name in words or place.code in words for place in others)
    own = next(cell for cell in found["cells"] if cell["indicator"] == NUMBER)
    assert (own["value"], own["county"], own["county_from"], own["benchmark"], own["band"]) == (
        482,
        498,
        "region",
        500,
        None,
    )


def test_without_a_county_cell_the_mean_is_weighted_by_pupils(county: Cast) -> None:
    released(county)
    own = next(cell for cell in packages(county)["shuangqiao"]["cells"] if cell["indicator"] == PASS)
    assert (own["county"], own["county_from"]) == (0.55, "weighted")


def test_an_own_value_stands_with_its_interval() -> None:
    low, high = interval_of("mean", 470, 100, 100, 1.0)
    assert (round(low or 0, 1), round(high or 0, 1)) == (450.4, 489.6)
    low, high = interval_of("rate", 0.55, 120, None, 1.0)
    assert (round(low or 0, 3), round(high or 0, 3)) == (0.461, 0.636)
    assert interval_of("index", 60, 120, None, 1.0) == (None, None)


def test_the_public_version_names_no_unit_and_hides_small_counts(county: Cast) -> None:
    released(county)
    public = snapshots(county)["public"].snapshot
    words = json.dumps(public, ensure_ascii=False)
    assert not any(place.name in words or place.code in words for place in county.schools)
    assert all((each["units"], each["below"]) == (None, None) for each in public["indicators"])


def test_every_school_with_results_and_every_department_is_asked_to_sign(county: Cast) -> None:
    released(county)
    asked = set(packages(county))
    assert asked == {"shuangqiao", "yuntai", "chengguan", "shimen", "basic_education", "research", "health", "safety"}


def test_a_sign_for_is_due_in_five_working_days(county: Cast) -> None:
    released(county)
    ack = ack_of(county, "principal")
    due = db.session.scalars(select(Deadline.due_at).where(Deadline.record_id == ack.id)).one()
    days = work_calendar().overrides
    assert calendar.working_days_between(clock.today(), clock.local(due).date(), days) in (5, 6)


def test_the_principal_signs_for_the_own_package(county: Cast) -> None:
    released(county)
    ack = ack_of(county, "principal")
    principal = county.actor("principal")
    operations.acknowledge_release(principal, ack, Move(ack.version))
    assert (ack.state, ack.acknowledged_by) == ("acknowledged", principal.person_id)


@pytest.mark.parametrize("key", ["school_coordinator", "office_director", "inspector"])
def test_nobody_else_who_sees_it_signs_for_it(county: Cast, key: str) -> None:
    released(county)
    ref = ack_of(county, "principal").ref
    actor = act_as(county.actor(key))
    with pytest.raises(NotAllowed):
        operations.acknowledge_release(actor, queries.ack_for(actor, ref), Move())


def test_a_foreign_package_does_not_exist(county: Cast) -> None:
    released(county)
    ref = ack_of(county, "principal").ref
    for key in ("yuntai_principal", "subject_teacher", "other_principal", "sys_admin", "dept_head"):
        with pytest.raises(NotFound):
            queries.ack_for(act_as(county.actor(key)), ref)
    for key in ("principal", "school_coordinator", "school_data_adviser", "inspector", "office_director"):
        assert queries.ack_for(act_as(county.actor(key)), ref).ref == ref


def test_a_school_cannot_see_the_round_itself(county: Cast) -> None:
    cycle = released(county)
    with pytest.raises(NotFound):
        queries.cycle_for(act_as(county.actor("principal")), cycle.ref)


def test_a_school_records_its_own_briefing_and_no_other(county: Cast) -> None:
    cycle = released(county)
    given = BriefingIn(clock.today(), "沈砚秋", "全体行政", "分析了本校数据，确定三项改进。")
    own, other = county.units["shuangqiao"], county.units["yuntai"]
    principal = act_as(county.actor("principal"))

    def place(unit: object) -> BriefingRecord:
        return BriefingRecord(county_id=county.county.id, school_id=unit.id, unit_id=unit.id, cycle_id=cycle.id)  # type: ignore[attr-defined]

    operations.record_briefing(principal, place(own), given)
    with pytest.raises(NotAllowed):
        operations.record_briefing(principal, place(other), given)
    assert not cycle.briefing_held, "the county's briefing is another matter"

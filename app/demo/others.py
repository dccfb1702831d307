"""What does not come from monitoring: petitions, inspections, audits …; schools' own lists; lists that are not issued yet."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from app.core.database import db
from app.demo import story, words
from app.demo.fates import Fate, place_of
from app.demo.telling import Story, Teller
from app.demo.tree import County
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.operations import findings
from app.improvement.problems.models import ProblemItem, ProblemList
from app.improvement.problems.operations import drafting, lists
from app.improvement.problems.operations.drafting import Submission

TITLE = "2026 年督查、审计、信访等问题清单"
ISSUED = date(2026, 7, 6)
SECOND_ISSUED = date(2026, 10, 29)
SCHOOLS_OWN = date(2026, 11, 16)
ON_THE_DESK = date(2026, 11, 18)
AT_WORK = (
    "evidence", "evidence_draft", "evidence_returned", "evidence_rejected", "evidence_withdrawn", "action_submitted",
    "action_returned", "action_cancelled", "superseded", "suspended", "implementing", "implementing", "evidence",
)  # fmt: skip
BEGINNING = ("plan_returned", "under_review", "plan_cancelled", "upheld", "reassigned", "voided", "submitted",
             "planning_draft")  # fmt: skip
OWN_FATES = ("planning", "diagnosing", "accepted", "planning_draft")


def register(county: County, teller: Teller, day: date, count: int, seed: int) -> list[DataFinding]:
    """Findings that people register with the document they rest on, each confirmed by somebody else."""
    random, made = Random(seed), []
    schools = sorted(county.schools)
    random.shuffle(schools)
    one, another = county.any("evaluator", 0), county.any("evaluator", 1)
    for number in range(count):
        source, paper, title, category, severity, _criteria = words.OTHER_SOURCES[number % len(words.OTHER_SOURCES)]
        school = county.schools[schools[number % len(schools)]][0]
        teller.at(day - timedelta(days=20 - number % 9), 9 + number % 8, number % 60)
        given = findings.FindingIn(
            title, source, paper.format(number=3 + number + 30 * (seed - 71)), category, severity, day - timedelta(days=24),
            scenarios=words.SCENARIOS[source],
        )  # fmt: skip
        place = DataFinding(county_id=county.id, school_id=school, unit_id=school, subject=None)
        finding = findings.register_finding(one, place, given)
        teller.at(day - timedelta(days=8), 9 + number % 8, number % 60)
        support = findings.SupportIn("现场核查记录", random.choice(words.ON_SITE))
        reading = random.choice(words.OTHER_INTERPRETATIONS)
        findings.confirm_finding(
            another, finding, findings.ConfirmIn(reading, (random.choice(words.OTHER_CAUSES)[1],), support)
        )
        made.append(finding)
    return made


def county_list(county: County, teller: Teller) -> list[Story]:
    """The list of the seven sources, issued in July; its items are at work now."""
    return _issued(county, teller, ISSUED, TITLE, "清教督办〔2026〕9号", AT_WORK, 71)


def county_list_of_autumn(county: County, teller: Teller) -> list[Story]:
    """What came to light since then: analysed, contested, planned for."""
    title = "2026 年督查、审计、信访等问题清单（第二批）"
    return _issued(county, teller, SECOND_ISSUED, title, "清教督办〔2026〕17号", BEGINNING, 75)


def _issued(
    county: County, teller: Teller, day: date, title: str, number: str, fates: tuple[str, ...], seed: int
) -> list[Story]:
    found = register(county, teller, day, len(fates) * 2, seed)
    teller.at(day, 9)
    made = story.issue_list(county, None, title, number, found, day + timedelta(days=330), Random(seed + 1))
    return [
        story.item_story(county, item, day, None, Fate(fates[n % len(fates)]), seed * 100 + n)
        for n, item in enumerate(made)
    ]


def school_lists(county: County, teller: Teller) -> list[Story]:
    """Some schools keep lists of their own: the coordinator drafts, the principal approves."""
    told: list[Story] = []
    for number, (_code, (school, _kind, short)) in enumerate(sorted(county.schools.items())[3:27:4]):
        teller.at(SCHOOLS_OWN - timedelta(days=3), 10 + number, 5)
        place = place_of(county, school)
        own = lists.ListPlace(county.id, school, school, "school")
        given = lists.ListIn(f"{short}自查问题清单", level="school", requirements=words.REQUIREMENTS)
        held = lists.draft_list(place.coordinator, own, given)
        for title, criteria in words.OWN_PROBLEMS[number % 3 : number % 3 + 2]:
            line = drafting.ItemIn(
                title=title, category="management", source_type="self_check", severity="minor", unit_id=school,
                responsible_person_id=place.principal.person_id, co_units=[], criteria=criteria,
                due_on=SCHOOLS_OWN + timedelta(days=240),
            )  # fmt: skip
            drafting.add_item(place.coordinator, held, line)
        db.session.refresh(held, ["items"])
        lists.submit_list(place.coordinator, held, Submission())
        if number == 5:
            continue
        lists.approve_list(place.principal, held, Submission())
        teller.at(SCHOOLS_OWN, 10 + number, 5)
        lists.issue_list(place.coordinator, held, lists.IssueIn(f"{short}〔2026〕1号"))
        for position, item in enumerate(db.session.scalars(select(ProblemItem).where(ProblemItem.list_id == held.id))):
            fate = Fate("issued" if number == 4 else OWN_FATES[(number + position) % len(OWN_FATES)])
            told.append(story.item_story(county, item, SCHOOLS_OWN, None, fate, 7300 + number * 10 + position))
    return told


def on_the_desk(county: County, teller: Teller) -> None:
    """Lists of the last days: being drafted, under review, returned, approved, given up."""
    office, head = county.any("office_director"), county.any("leading_group_head")
    found = register(county, teller, ON_THE_DESK, 12, 73)
    for number, (name, state) in enumerate(
        (("体育与健康", "draft"), ("课后服务", "under_review"), ("实验教学", "returned"), ("校园安全", "approved"),
         ("图书与设备", "withdrawn"))
    ):  # fmt: skip
        teller.at(ON_THE_DESK + timedelta(days=number), 9)
        lines = found[number * 2 : number * 2 + 2]
        held = story.draft(county, None, f"2026 年冬季{name}问题清单", lines, ON_THE_DESK + timedelta(days=300))
        if state != "draft":
            lists.submit_list(office, held, Submission())
        if state == "returned":
            lists.return_list(head, held, Submission(reason="两项的责任人写的是科室，请落实到具体的人"))
        if state == "approved":
            lists.approve_list(head, held, Submission())
        if state == "withdrawn":
            lists.return_list(head, held, Submission(reason="与上半年清单重复，请先核对再报"))
            lists.withdraw_list(office, held, Submission(reason="与上半年清单重复，并入原清单继续办"))


def second_edition(county: County, teller: Teller) -> None:
    """The list of the seven sources is issued again as its second edition, with one line more."""
    held = db.session.scalars(select(ProblemList).where(ProblemList.title == TITLE)).one()
    office, head = county.any("office_director"), county.any("leading_group_head")
    day = ON_THE_DESK + timedelta(days=6)
    found = register(county, teller, day, 1, 74)
    teller.at(day, 9)
    newer = story.draft(county, None, held.title, found, day + timedelta(days=300), previous=held)
    lists.submit_list(office, newer, Submission())
    lists.approve_list(head, newer, Submission())
    lists.issue_list(office, newer, lists.IssueIn("清教督办〔2026〕21号"))


def twice(county: County, teller: Teller) -> None:
    """The same thing was registered twice: one finding is merged into the other."""
    day = ON_THE_DESK + timedelta(days=2)
    school = sorted(county.schools.values(), key=lambda known: known[2])[0][0]
    made = []
    for number, (source, paper) in enumerate(
        (("petition", "信访件〔2026〕52号"), ("opinion", "舆情转办单〔2026〕61号"))
    ):
        teller.at(day, 9 + number)
        given = findings.FindingIn("校门口接送高峰拥堵，护学岗不到位", source, paper, "management", "minor", day)
        place = DataFinding(county_id=county.id, school_id=school, unit_id=school, subject=None)
        made.append(findings.register_finding(county.any("evaluator", 0), place, given))
    teller.at(day, 15)
    findings.merge_finding(county.any("evaluator", 1), made[1], findings.MergeIn(made[0].id))

"""What the team writes down, the draft that the school reads, its objection, and the feedback that is issued."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.monitoring.words import CATEGORIES, SEVERITIES, SUBJECTS
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.models.reopenings import two_years_after
from app.improvement.visits.carrying import propose_recurrences
from app.improvement.visits.models import SupervisionVisit, VisitFinding
from app.improvement.visits.operations.planning import VisitStep
from app.improvement.visits.words import BECOMES, DISCLOSURE, FINDINGS
from workflows.improvement.supervision_visit import SUPERVISION_VISIT

MOST = 60
NOT_ON_SITE = Sentence("反馈单印发后不能再改发现", "Findings cannot be changed once the feedback is issued")
OBJECTED = Sentence(
    "学校的申辩还没有答复，先等答复", "The school's objection waits for its decision; wait for it first"
)
UNKNOWN = Sentence("这条发现已经不在了，请刷新", "This finding is gone; reload the page")


@dataclass(frozen=True)
class FindingIn:
    """One finding; a problem with its item, what shows it, severity, day, and what it turns into."""

    kind: str
    text: str
    evidence: str = ""
    item_id: uuid.UUID | None = None
    severity: str | None = None
    category: str | None = None
    due_on: date | None = None
    becomes: str | None = None
    ref: str = ""
    version: int | None = None
    subject: str | None = None


@dataclass(frozen=True)
class ObjectionIn:
    """What the school objects to, and why."""

    grounds: str
    version: int | None = None


@dataclass(frozen=True)
class IssueIn:
    """Issuing the feedback: how far it may be shown."""

    disclosure: str = "school"
    version: int | None = None


@operation(right="visits.lead_visit", name="supervision_visit.write_finding")
def write_finding(actor: Actor, visit: SupervisionVisit, given: FindingIn) -> VisitFinding:
    """Write a finding down, or change the one named; a draft that was shown has to be shown again."""
    _must_be_open(visit)
    finding = _named(visit, given.ref) if given.ref else _blank(visit)
    _check(visit, given)
    finding.kind, finding.text, finding.evidence = given.kind, given.text.strip(), given.evidence.strip()
    finding.item_id = given.item_id
    answered = finding.wants_answer
    finding.severity = given.severity if answered else None
    is_new = answered and given.becomes == "finding"
    finding.category = (given.category or "management") if is_new else None
    finding.subject = given.subject if is_new and given.category == "subject" else None
    finding.due_on = given.due_on if answered else None
    finding.becomes = "reopening" if given.kind == "recurrence" else given.becomes if answered else None
    if finding not in visit.findings:
        visit.findings.append(finding)
    _draft_changed(visit)
    return finding


def _blank(visit: SupervisionVisit) -> VisitFinding:
    if len(visit.findings) >= MOST:
        raise Invalid("text", Sentence(f"一次视导最多 {MOST} 条发现", f"A visit has at most {MOST} findings"))
    return VisitFinding(
        id=uuid7(),
        visit_id=visit.id,
        position=max((one.position for one in visit.findings), default=0) + 1,
        county_id=visit.county_id,
        school_id=visit.school_id,
    )


def _named(visit: SupervisionVisit, ref: str) -> VisitFinding:
    found = next((one for one in visit.findings if one.ref == ref), None)
    if found is None:
        raise Invalid("", UNKNOWN)
    return found


def _check(visit: SupervisionVisit, given: FindingIn) -> None:
    faults: dict[str, Sentence] = {}
    if given.kind not in FINDINGS:
        faults["kind"] = Sentence("请选亮点、问题、复发或建议", "Choose strength, problem, recurrence or suggestion")
    if not given.text.strip():
        faults["text"] = Sentence("请写发现了什么", "Say what was found")
    item = _item(visit, given.item_id)
    if given.item_id is not None and item is None:
        faults["item"] = Sentence("请从这所学校的问题项里选择", "Choose among the items of this school")
    elif given.kind == "recurrence":
        faults |= _recurrence_faults(item)
    elif given.kind == "problem":
        faults |= _problem_faults(given, item)
    if given.kind in ("problem", "recurrence"):
        faults |= _common_faults(given)
    if faults:
        raise Invalid(faults)


def _common_faults(given: FindingIn) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if not given.evidence.strip():
        faults["evidence"] = Sentence("请写依据：在哪里看到、看到什么", "Say what shows it: where you saw what")
    if given.severity not in SEVERITIES:
        faults["severity"] = Sentence("请选择级别", "Choose the severity")
    if given.due_on is None:
        faults["due_on"] = Sentence("请写改到哪天为止", "Enter the day by which it is put right")
    elif given.due_on <= clock.today():
        faults["due_on"] = Sentence("期限要晚于今天", "The day must lie after today")
    return faults


def _recurrence_faults(item: ProblemItem | None) -> dict[str, Sentence]:
    if item is None or item.state != "closed":
        return {"item": Sentence("复发要对应一个已销号的问题项", "A recurrence belongs to a closed item")}
    if item.closed_on is not None and clock.today() > two_years_after(item.closed_on):
        gone = Sentence(
            "销号已超过 24 个月，请改选“问题”并登记为新发现",
            "It was closed more than 24 months ago; choose a problem and register a new finding",
        )
        return {"item": gone}
    return {}


def _new_faults(given: FindingIn, item: ProblemItem | None) -> dict[str, Sentence]:
    """What a finding that is registered anew still lacks; one about an item belongs to the subject of the item."""
    if given.category not in CATEGORIES:
        return {"category": Sentence("请选择新发现的类别", "Choose the category of the new finding")}
    of_item = item.subject if item is not None else None
    if given.category == "subject" and (given.subject or of_item) not in SUBJECTS:
        return {"subject": Sentence("学科类的发现要选学科", "A finding about a subject names the subject")}
    return {}


def _problem_faults(given: FindingIn, item: ProblemItem | None) -> dict[str, Sentence]:
    if given.becomes not in BECOMES or given.becomes == "reopening":
        return {"becomes": Sentence("请选择学校接受后怎么办", "Choose what becomes of it once the school accepts")}
    if given.becomes == "finding":
        return _new_faults(given, item)
    if item is None:
        return {"item": Sentence("请选择对应的问题项，或改为登记新发现", "Choose its item, or register a new finding")}
    if item.state in ("closed", "void"):
        return {"item": Sentence("这一项已销号，请改选“复发”", "This item is closed; choose a recurrence")}
    if given.becomes == "action" and not has_active_plan(item.id):
        no_plan = Sentence(
            "这一项没有在执行的方案，请改为记入问题项", "The item has no plan in force; book it on the item"
        )
        return {"becomes": no_plan}
    return {}


def has_active_plan(item_id: uuid.UUID) -> bool:
    """Whether a measure could be added: a plan of the item is in force."""
    active = exists().where(RemediationPlan.item_id == item_id, RemediationPlan.state == "active")
    with db.session.no_autoflush:
        return bool(db.session.scalar(select(active)))


def _item(visit: SupervisionVisit, item_id: uuid.UUID | None) -> ProblemItem | None:
    if item_id is None:
        return None
    query = select(ProblemItem).where(
        ProblemItem.id == item_id, ProblemItem.school_id == visit.unit_id, ProblemItem.state != "draft"
    )
    with db.session.no_autoflush:
        return db.session.scalar(query)


@operation(right="visits.lead_visit", name="supervision_visit.remove_finding")
def remove_finding(actor: Actor, visit: SupervisionVisit, given: FindingIn) -> None:
    """Take a finding out of the draft; the trail keeps that it was there."""
    _must_be_open(visit)
    finding = _named(visit, given.ref)
    visit.findings.remove(finding)
    _draft_changed(visit)


def _must_be_open(visit: SupervisionVisit) -> None:
    if visit.state != "on_site":
        raise StepRefused((NOT_ON_SITE,))
    if visit.objection_is_open:
        raise StepRefused((OBJECTED,))


def _draft_changed(visit: SupervisionVisit) -> None:
    """What was shown is not what would be issued any more."""
    visit.draft_shown_on, visit.agreed_on = None, None
    if visit.objection_state == "dismissed":
        visit.objection_state = None


@operation(SUPERVISION_VISIT, "show_draft")
def show_draft(actor: Actor, visit: SupervisionVisit, given: VisitStep) -> None:
    """The school reads the draft and may object within three working days."""
    visit.draft_shown_on, visit.agreed_on, visit.objection_state = clock.today(), None, None


@operation(SUPERVISION_VISIT, "agree")
def agree_with_draft(actor: Actor, visit: SupervisionVisit, given: VisitStep) -> Iterator[None]:
    """The school has nothing against it; the feedback need not wait."""
    yield
    visit.agreed_on = clock.today()


@operation(SUPERVISION_VISIT, "object")
def object_to_draft(actor: Actor, visit: SupervisionVisit, given: ObjectionIn) -> Iterator[None]:
    """申辩: the office decides within five working days, and nothing is issued before."""
    visit.objection_grounds = given.grounds.strip()
    yield
    visit.objection_state, visit.objection_reason = "open", ""


@operation(SUPERVISION_VISIT, "accept_objection")
def accept_objection(actor: Actor, visit: SupervisionVisit, given: VisitStep) -> Iterator[None]:
    """The school is right: the lead corrects the draft and shows it again."""
    yield
    visit.objection_state, visit.objection_reason = "accepted", (given.reason or "").strip()
    visit.draft_shown_on, visit.agreed_on = None, None


@operation(SUPERVISION_VISIT, "dismiss_objection")
def dismiss_objection(actor: Actor, visit: SupervisionVisit, given: VisitStep) -> Iterator[None]:
    """The draft stands; the reason goes to the school."""
    yield
    visit.objection_state, visit.objection_reason = "dismissed", (given.reason or "").strip()


@operation(SUPERVISION_VISIT, "issue_feedback")
def issue_feedback(actor: Actor, visit: SupervisionVisit, given: IssueIn) -> Iterator[None]:
    """The feedback sheet is drawn and goes to the school; what came back after its closure is proposed for reopening."""
    if given.disclosure not in DISCLOSURE:
        raise Invalid("disclosure", Sentence("请选择公开范围", "Choose how far it may be shown"))
    visit.disclosure, visit.feedback_on = given.disclosure, clock.today()
    yield
    propose_recurrences(visit)
    post("visit_sheet", visit, queue="heavy")

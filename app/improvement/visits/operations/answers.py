"""What the school says before and after a visit, and how the visit ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.core import clock
from app.core.casework.door import follow, operation
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.visits.carrying import carry
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.operations.teams import end_duties
from app.improvement.visits.words import ANSWERS, SELF_STATES, SETTLED
from workflows.improvement.supervision_visit import SUPERVISION_VISIT

SHORTEST = 10
NOT_NOW = Sentence("视导在追踪中才能办这一步", "This is done while the visit is followed up")
NOT_ANNOUNCED = Sentence(
    "视导已开始或自查已交，不能再改自查表", "The visit has begun or the self-report is in; it cannot be changed"
)


@dataclass(frozen=True)
class SelfReportIn:
    """Line → (done, partly or not_done; what shows it)."""

    lines: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True)
class ResponseIn:
    """Finding → (accepted or objected; what will be done, or why not)."""

    answers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True)
class SettleIn:
    """How one problem ends: done (verified), carried or withdrawn, and what was seen."""

    finding_ref: str
    settled_as: str
    note: str
    version: int | None = None


@dataclass(frozen=True)
class TextIn:
    """A text: the written report, or what the lead says at the end."""

    text: str
    version: int | None = None


@operation(right="visits.prepare_answers", name="supervision_visit.save_self_report")
def save_self_report(actor: Actor, visit: SupervisionVisit, given: SelfReportIn) -> None:
    """Keep what has been filled in so far; the principal hands it in."""
    if visit.state != "notified":
        raise StepRefused((NOT_ANNOUNCED,))
    _fill_self_report(visit, given)


@operation(SUPERVISION_VISIT, "self_report")
def hand_in_self_report(actor: Actor, visit: SupervisionVisit, given: SelfReportIn) -> None:
    """The principal says of every linked item where the school stands."""
    _fill_self_report(visit, given)


def _fill_self_report(visit: SupervisionVisit, given: SelfReportIn) -> None:
    faults: dict[str, Sentence] = {}
    for line in visit.lines:
        state, note = given.lines.get(line.ref, (line.self_state or "", line.self_note))
        if state and state not in SELF_STATES:
            faults[f"state_{line.ref}"] = Sentence(
                "请选择到位、部分到位或没有到位", "Choose put right, partly or not yet"
            )
        elif state and not note.strip():
            faults[f"note_{line.ref}"] = Sentence("请写现在做到哪一步", "Say what has been done so far")
        line.self_state, line.self_note = state or None, note.strip()[:1000]
    if faults:
        raise Invalid(faults)


@operation(SUPERVISION_VISIT, "respond")
def respond(actor: Actor, visit: SupervisionVisit, given: ResponseIn) -> Iterator[None]:
    """The school answers each problem; what it accepts is carried into the loop in the same step (domain A7)."""
    _fill_answers(visit, given)
    visit.responded_on = clock.today()
    yield
    for finding in visit.to_answer:
        if finding.answer == "accepted" and finding.settled_as is None:
            carry(visit, finding)
    follow(visit, "follow")
    post("visit_sheet", visit, queue="heavy")


def _fill_answers(visit: SupervisionVisit, given: ResponseIn) -> None:
    faults: dict[str, Sentence] = {}
    for finding in visit.to_answer:
        answer, measure = given.answers.get(finding.ref, ("", ""))
        if answer not in ANSWERS:
            faults[f"answer_{finding.ref}"] = Sentence("请选择接受或有不同意见", "Accept it or object")
        elif len(measure.strip()) < SHORTEST:
            words = ("怎么改、谁负责", "what will be done, and by whom") if answer == "accepted" else ("为什么", "why")
            zh, en = f"请写明{words[0]}，至少 {SHORTEST} 个字", f"Say {words[1]}, at least {SHORTEST} characters"
            faults[f"measure_{finding.ref}"] = Sentence(zh, en)
        finding.answer, finding.measure, finding.answered_on = answer or None, measure.strip()[:1000], clock.today()
    if faults:
        raise Invalid(faults)


@operation(SUPERVISION_VISIT, "lapse")
def lapse_response(actor: Actor, visit: SupervisionVisit, given: None = None) -> Iterator[None]:
    """Nobody answered in time: that is written down, and the inspector decides about each problem (decisions §2 A7)."""
    visit.is_unanswered = True
    yield
    follow(visit, "follow")
    post("visit_sheet", visit, queue="heavy")


@operation(right="visits.lead_visit", name="supervision_visit.settle_finding")
def settle_finding(actor: Actor, visit: SupervisionVisit, given: SettleIn) -> None:
    """The inspector verifies one problem as done, carries it on after all, or withdraws it after the school's answer."""
    if visit.state != "follow_up":
        raise StepRefused((NOT_NOW,))
    finding = next((one for one in visit.to_answer if one.ref == given.finding_ref), None)
    if finding is None or given.settled_as not in SETTLED:
        raise Invalid(
            "settled_as", Sentence("请选择核实已改、转入办理或不再作为问题", "Choose verified, carried on or withdrawn")
        )
    if len(given.note.strip()) < SHORTEST:
        raise Invalid(
            "note",
            Sentence(f"请写看到了什么，至少 {SHORTEST} 个字", f"Say what you saw, at least {SHORTEST} characters"),
        )
    if given.settled_as == "withdrawn" and finding.carried_as is not None:
        raise Invalid("settled_as", Sentence("已转入办理的不能撤回", "What was carried on cannot be withdrawn"))
    if given.settled_as == "carried" and finding.carried_as is None:
        carry(visit, finding)
    finding.settled_as, finding.settled_note = given.settled_as, given.note.strip()[:1000]
    finding.settled_at, finding.settled_by = clock.now(), actor.person_id


@operation(right="visits.respond_visit", name="supervision_visit.report_rectification")
def report_rectification(actor: Actor, visit: SupervisionVisit, given: TextIn) -> None:
    """The school's written report, within 30 days of its response."""
    if visit.state != "follow_up":
        raise StepRefused((NOT_NOW,))
    if len(given.text.strip()) < 30:
        raise Invalid(
            "text",
            Sentence(
                "整改报告至少写 30 个字：改了什么、结果怎样",
                "At least 30 characters: what was put right, and what came of it",
            ),
        )
    visit.rectification, visit.rectified_on = given.text.strip()[:4000], clock.today()


@operation(SUPERVISION_VISIT, "close")
def close_visit(actor: Actor, visit: SupervisionVisit, given: TextIn) -> Iterator[None]:
    """Everything is settled; what the visit opened to the team closes tonight."""
    visit.closing_note = given.text.strip()[:1000]
    yield
    end_duties(visit, clock.today())
    post("visit_sheet", visit, queue="heavy")

"""Printing plans: asked for by a person, made by the worker, checked by anybody who holds the paper."""

from __future__ import annotations

from dataclasses import dataclass

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.storage import Stored
from app.improvement.plans.models import PlanDocument, PrintedFact, RemediationPlan
from app.improvement.problems.models import ProblemList

FORMS = ("pdf", "word")


@dataclass(frozen=True)
class PrintIn:
    """In which form; how many plans a bundle has."""

    form: str
    plans: int = 1


@dataclass(frozen=True)
class MadeIn:
    """What the worker made: the file, its pages, and the digest of the facts printed."""

    file: Stored
    content_sha256: str
    pages: int | None = None


@operation(right="plans.view_plans", name="remediation_plan.print")
def print_plan(actor: Actor, plan: RemediationPlan, given: PrintIn) -> PlanDocument:
    """Ask for a plan as PDF or Word."""
    return _ask(actor, PlanDocument(plan_id=plan.id, title=plan.label[:200], edition=plan.edition), plan, given)


@operation(right="plans.print_bundle", name="problem_list.print_plans")
def print_plans(actor: Actor, problem_list: ProblemList, given: PrintIn) -> PlanDocument:
    """Ask for all plans of a list under one cover (decision 51)."""
    title = f"{problem_list.label}：整改方案汇编"[:200]
    document = PlanDocument(list_id=problem_list.id, title=title, edition=problem_list.edition)
    return _ask(actor, document, problem_list, given)


def _ask(actor: Actor, document: PlanDocument, about: RemediationPlan | ProblemList, given: PrintIn) -> PlanDocument:
    if given.form not in FORMS:
        raise Invalid("form", Sentence("请选择 PDF 或 Word", "Choose PDF or Word"))
    document.id, document.form, document.part_count = uuid7(), given.form, given.plans
    document.number = about.item.number if isinstance(about, RemediationPlan) else about.number
    document.county_id, document.school_id = about.county_id, about.school_id
    if actor.person_id is not None:
        document.asked_by = actor.person_id
    db.session.add(document)
    post("plan_document", document, queue="heavy")
    return document


@operation(right="system", name="plan_document.made")
def keep_document(actor: Actor, document: PlanDocument, given: MadeIn) -> None:
    """The worker has made it: what a verify page may tell is kept apart, without a name."""
    document.file_sha256, document.file_name, document.size = given.file.sha256, given.file.name, given.file.size
    document.content_sha256, document.pages, document.made_at = given.content_sha256, given.pages, clock.now()
    document.parts_done = document.part_count
    db.session.add(
        PrintedFact(
            document_ref=document.ref,
            number=document.number,
            edition=document.edition,
            form=document.form,
            made_at=document.made_at,
            content_sha256=given.content_sha256,
            file_sha256=given.file.sha256,
        )
    )


@operation(right="system", name="plan_document.not_made")
def give_up_document(actor: Actor, document: PlanDocument, given: Sentence) -> None:
    """It cannot be made; the sentence says why and what to do."""
    document.trouble_zh, document.trouble_en = given.zh, given.en


@operation(right="system", name="plan_document.part")
def note_parts(actor: Actor, document: PlanDocument, given: int) -> None:
    """How many parts of a bundle are drawn."""
    document.parts_done = given

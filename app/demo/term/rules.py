"""The county's own versions of the rule set: one in force since the autumn, the one before, and what is still on its way."""

from __future__ import annotations

import yaml

from app.care.rainbow.models import RuleSetVersion
from app.care.rainbow.operations import rule_sets
from app.care.rainbow.operations.rule_sets import RulesIn
from app.care.rainbow.rule_set import FOLDER
from app.care.versions.operations import VersionStep
from app.core.database import db, use_context
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.demo.term.county import Term
from app.demo.term.days import ASKED, COMPUTED, DRAFTED
from app.people.directory.models import Unit

STEP = VersionStep()
LEAD, EXPERT = "psych_center_lead", "psych_expert"
EDGE, GRANDPARENTS = "low_income_edge", "grandparent_care"
TOO_HARD = "隔代抚养在山区很普遍，加到 4 分会把几百名平稳的学生推上来，请看试算表再定"


def tell(term: Term) -> None:
    """Before the term: two versions, one after the other in force; two more that the experts looked at."""
    term.at(ASKED + 20, 10)
    first = _agreed(term, "qinglan-2026.1", "低保边缘家庭由 2 分改为 3 分，民政名单今年扩了面", {EDGE: 3})
    rule_sets.activate(term.in_the_chair(LEAD), first, STEP)
    term.at(ASKED + 2, 9)
    second = _agreed(
        term,
        "qinglan-2026.2",
        "隔代抚养由 2 分改为 3 分：秋季家访看到老人照看的孩子求助更晚",
        {EDGE: 3, GRANDPARENTS: 3},
    )
    rule_sets.activate(term.in_the_chair(LEAD), second, STEP)
    term.at(DRAFTED, 15)
    returned = _submitted(term, "qinglan-2026.3", "隔代抚养再加到 4 分", {EDGE: 3, GRANDPARENTS: 4})
    rule_sets.return_rules(term.in_the_chair(EXPERT, 0), returned, VersionStep(reason=TOO_HARD))
    term.at(DRAFTED - 4, 10)
    _agreed(term, "qinglan-2027.1", "新学年用：父母残疾由 3 分改为 4 分，其余不变", {EDGE: 3, "parent_disability": 4})


def tell_later(term: Term) -> None:
    """After the run: a version waits for the experts with its dry run, one is a draft, one was given up."""
    term.at(COMPUTED, 15, 40)
    _submitted(term, "qinglan-2027.2", "慢性病由 3 分改为 2 分：校医反映多数控制得好", {EDGE: 3, "chronic_illness": 2})
    term.at(COMPUTED, 16, 30)
    _drafted(term, "qinglan-2027.3", "转学由 2 分改为 3 分，等转学生名册核对完再试", {EDGE: 3, "transfer": 3})
    given_up = _drafted(term, "qinglan-2027.4", "成绩下降由 3 分改为 4 分", {EDGE: 3, "grade_drop": 4})
    rule_sets.withdraw(term.in_the_chair(LEAD), given_up, STEP)


def _content(code: str, points: dict[str, int]) -> str:
    """The shipped rule set under the county's own number, with other points for some facts."""
    told = yaml.safe_load((FOLDER / "rule_set_v1.yaml").read_text(encoding="utf-8"))
    factors = {
        name: factor | {"points": points.get(name, factor["points"])} for name, factor in told["factors"].items()
    }
    return yaml.safe_dump(told | {"version": code, "factors": factors}, allow_unicode=True, sort_keys=False)


def _drafted(term: Term, code: str, note: str, points: dict[str, int]) -> RuleSetVersion:
    return rule_sets.draft(
        term.in_the_chair(LEAD), db.session.get_one(Unit, term.county.id), RulesIn(_content(code, points), note)
    )


def _submitted(term: Term, code: str, note: str, points: dict[str, int]) -> RuleSetVersion:
    made = _drafted(term, code, note, points)
    use_context(SYSTEM.context())
    rule_sets.try_asked(OutboxRow(kind="rainbow_dry_run", entity="rule_sets", record_id=made.id, data={}))
    rule_sets.submit(term.in_the_chair(LEAD), made, STEP)
    return made


def _agreed(term: Term, code: str, note: str, points: dict[str, int]) -> RuleSetVersion:
    made = _submitted(term, code, note, points)
    rule_sets.agree(term.in_the_chair(EXPERT, 0), made, STEP)
    rule_sets.approve(term.in_the_chair(EXPERT, 1), made, STEP)
    return made

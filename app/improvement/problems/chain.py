"""The evidence chain of an item as ten links of a ring: what is done, where it stands, what is still to come."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import day_of_year, word
from app.core.web.drawings import Node, signed
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.trace import Trace
from app.improvement.problems.words import OUTCOMES, SEVERITIES, value_words, word_of
from workflows.improvement.closure_request import CLOSURE_REQUEST
from workflows.improvement.remediation_plan import REMEDIATION_PLAN

AT = {
    "planning": 3,
    "implementing": 4,
    "evaluating": 7,
    "pending_closure": 8,
    "closed": 9,
}
"""Where on the ring an item stands; before planning it is at itself."""


def nodes(actor: Actor, item: ProblemItem, found: Trace) -> tuple[Node, ...]:
    """The ten links of the ring, each with what is known of it and where its original is."""
    here = AT.get(item.state, AT.get(item.previous_state or "", 2) if item.state == "suspended" else 2)
    drawn = (
        _cell(actor, item, found),
        _finding(actor, item, found),
        Node(
            _("问题项"),
            (f"{item.number}・{word(word_of(SEVERITIES, item.severity))}", _issued(item)),
            item.address,
        ),
        _plan(found),
        _actions(found),
        _evidence(found),
        _visit(item, found),
        _evaluation(item, found),
        _closure(item, found),
        _next_round(item, found),
    )
    return tuple(
        Node(node.title, node.lines, node.url, _look(place, here, node, item)) for place, node in enumerate(drawn)
    )


def _look(place: int, here: int, node: Node, item: ProblemItem) -> Any:
    if place == here and item.state not in ("closed", "void"):
        return "now"
    return "done" if node.url or place <= min(here, 2) else "next"


def _issued(item: ProblemItem) -> str:
    if item.issued_on is None:
        return str(_("还没有交办"))
    return str(_("交办 %(day)s", day=day_of_year(item.issued_on)))


def _cell(actor: Actor, item: ProblemItem, found: Trace) -> Node:
    row = next((cell for cell in found.cells if cell.result_id is not None), None)
    if row is None:
        return Node(_("数据格"), (_("不由监测数据得出"),))
    where = f"{row.sheet}!{row.cell} = {value_words(row.value, row.value_type)}"
    url = f"/monitoring/cells/{row.result_ref}" if decide.holds(actor, "monitoring.view_results") else ""
    return Node(_("数据格"), (where, _("文件指纹 %(mark)s", mark=f"{row.file_sha256[:4]}…{row.file_sha256[-2:]}")), url)


def _finding(actor: Actor, item: ProblemItem, found: Trace) -> Node:
    if not found.cells:
        return Node(_("数据发现"), (_("手工列入清单"),))
    row = found.cells[0]
    effect = f"・d {signed(row.effect)}" if row.effect is not None else ""
    more = _("等 %(n)s 条", n=len(found.cells)) if len(found.cells) > 1 else ""
    said = _("已确认 %(day)s", day=day_of_year(row.confirmed_on)) if row.confirmed_on else _("已确认")
    url = f"/monitoring/findings/{row.ref}" if decide.holds(actor, "monitoring.view_findings") else ""
    return Node(_("数据发现"), (f"{row.number}{effect}{more}", said), url)


def _plan(found: Trace) -> Node:
    if not found.plans:
        return Node(_("整改方案"), (_("还没有起草"),))
    row = next((plan for plan in found.plans if plan.state in ("active", "completed")), found.plans[0])
    target = _("目标 ≥ %(value)s", value=value_words(row.target, None)) if row.target is not None else ""
    state = word(REMEDIATION_PLAN.state(row.state))
    return Node(_("整改方案"), (_("第 %(n)s 版・%(state)s", n=row.edition, state=state), target), f"/plans/{row.ref}")


def _actions(found: Trace) -> Node:
    if not found.actions:
        return Node(_("整改措施"), (_("还没有措施"),))
    done = sum(1 for action in found.actions if action.state == "completed")
    first = next((action for action in found.actions if action.state != "completed"), found.actions[0])
    words = _("%(done)s / %(all)s 完成", done=done, all=len(found.actions))
    return Node(_("整改措施"), (words, first.title), f"/actions/{first.ref}")


def _evidence(found: Trace) -> Node:
    if not found.evidence:
        return Node(_("佐证材料"), (_("还没有佐证"),))
    states = [row.state for row in found.evidence]
    judged = _("受理 %(done)s・待审 %(open)s", done=states.count("accepted"), open=states.count("submitted"))
    return Node(_("佐证材料"), (_("%(n)s 份", n=len(states)), judged), f"/evidence/{found.evidence[0].ref}")


def _visit(item: ProblemItem, found: Trace) -> Node:
    checks = found.later.get("visit", ())
    if not checks:
        return Node(_("视导核查"), (_("严重问题须核查") if item.is_severe else _("还没有核查"),))
    last = checks[-1]
    said = _("%(n)s 次・%(day)s", n=len(checks), day=day_of_year(last.day))
    return Node(_("视导核查"), (said,), f"{item.address}#onsite")


def _evaluation(item: ProblemItem, found: Trace) -> Node:
    row = found.latest("evaluation")
    if row is None:
        planned = _("%(day)s复测", day=day_of_year(item.target_on)) if item.target_on else _("还没有开始")
        return Node(_("成效评价"), (planned,))
    said = word(word_of(OUTCOMES, row.outcome)) if row.state == "decided" else _("评价中")
    day = _("定论 %(day)s", day=day_of_year(row.day)) if row.day else ""
    return Node(_("成效评价"), (said, day), f"/evaluations/{row.ref}")


def _closure(item: ProblemItem, found: Trace) -> Node:
    row = found.latest("closure")
    if row is None:
        return Node(_("销号"), (_("还没有申请"),))
    said = _("已销号 %(day)s", day=day_of_year(item.closed_on)) if item.closed_on else ""
    return Node(_("销号"), (said or word(CLOSURE_REQUEST.state(row.state)),), f"/closures/{row.ref}")


def _next_round(item: ProblemItem, found: Trace) -> Node:
    again = next((row for row in found.later.get("reopening", ()) if row.outcome), None)
    if again is not None:
        return Node(_("下一轮监测"), (_("再次出现"),), f"/monitoring/findings/{again.outcome}")
    check = found.latest("recheck")
    if check is not None:
        return Node(_("下一轮监测"), (_("复查 %(day)s", day=day_of_year(check.day)),), f"/rechecks/{check.ref}")
    return Node(_("下一轮监测"), (_("还没有到"),))

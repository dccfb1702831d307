"""The chain in words: the ten stages of one item as a ring, and every node as a line of a list."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from app.core.web.chips import day_of_year, word
from app.core.web.drawings import Node, signed
from app.improvement.chain.graph import Chain, ChainNode
from app.improvement.chain.kinds import BY_CODE, FILE
from app.improvement.effects.words import OPINIONS
from app.improvement.monitoring.models.rulings import DISPUTED, SET_ASIDE
from app.improvement.problems.words import OUTCOMES, SEEN, SEVERITIES, value_words, word_of
from app.improvement.sampling.words import ANSWERS
from app.improvement.visits.words import FINDINGS

AT = {"planning": 3, "implementing": 4, "evaluating": 7, "pending_closure": 8, "closed": 9}
"""Where on the ring an item stands; before planning it is at itself."""
ITEM_STAGE = 2


def ring_of(chain: Chain, item: uuid.UUID) -> tuple[Node, ...]:
    """The ten stages of one item: what is done, where it stands, what is still to come."""
    part = chain.part_of(item)
    parts: dict[str, list[ChainNode]] = {}
    for node in chain.nodes:
        if node.key in part:
            parts.setdefault(node.kind, []).append(node)
    itself = next(node for node in parts["item"] if node.key == str(item))
    parts["item"] = [itself]
    first, again = _cells(chain, str(item), parts.get("cell", []))
    drawn = (
        _cell(first),
        _finding([node for node in parts.get("finding", []) if node.key in chain.rests_on(str(item))]),
        _itself(itself),
        _plan(parts.get("plan", [])),
        _actions(parts.get("action", [])),
        _evidence(parts.get("evidence", [])),
        _visit(parts.get("visit", []), [*parts.get("list_check", []), *parts.get("supervision", [])], itself),
        _evaluation(parts.get("evaluation", [])),
        _closure(parts.get("closure", [])),
        _next_round(again, parts),
    )
    state = itself.state.code if itself.state else ""
    here = AT.get(state, ITEM_STAGE)
    return tuple(Node(n.title, n.lines, n.url, _look(place, here, n, state)) for place, n in enumerate(drawn))


def _look(place: int, here: int, node: Node, state: str) -> Any:
    if place == here and state not in ("closed", "void"):
        return "now"
    return "done" if node.url or place <= min(here, ITEM_STAGE) else "next"


def _cells(chain: Chain, item: str, cells: Sequence[ChainNode]) -> tuple[list[ChainNode], list[ChainNode]]:
    """The cells an item rests on, and those that measured it again; the newest last."""
    behind = chain.rests_on(item)
    first = [cell for cell in cells if cell.key in behind]
    if not first:
        based = {link.before for link in chain.links if link.after in {plan.key for plan in chain.of("plan")}}
        first = [cell for cell in cells if cell.key in based]
    known = {cell.key for cell in first}
    return first, [cell for cell in cells if cell.key not in known]


def _itself(node: ChainNode) -> Node:
    title = word(BY_CODE["item"].name)
    return Node(title, (_number(node), _issued(node)), node.url) if node.shown else Node(title, (beyond(),))


def _number(node: ChainNode) -> str:
    severity = word(word_of(SEVERITIES, node.facts.get("severity")))
    return f"{node.number}・{severity}" if severity else node.number


def _issued(node: ChainNode) -> str:
    return str(_("交办 %(day)s", day=day_of_year(node.on)) if node.on else _("还没有交办"))


def _hidden(nodes: Iterable[ChainNode]) -> bool:
    """Everything of this stage lies outside the actor's reach."""
    return not any(node.shown for node in nodes)


def beyond() -> str:
    """What stands where the policy shows no words."""
    return str(_("有记录，不在你负责的范围"))


def _cell(cells: Sequence[ChainNode]) -> Node:
    title = word(BY_CODE["cell"].name)
    if not cells:
        return Node(title, (_("不由监测数据得出"),))
    if _hidden(cells):
        return Node(title, (beyond(),))
    row = next(cell for cell in cells if cell.shown)
    return Node(title, (place_and_value(row), ruled(row) or mark_words(row)), row.url)


def place_and_value(node: ChainNode) -> str:
    """八年级数学!F37 = 460.0"""
    facts = node.facts
    return f"{facts['sheet']}!{facts['cell']} = {value_words(facts['value'], facts['value_type'])}"


def mark_words(node: ChainNode) -> str:
    """The fingerprint of a file, short."""
    digest = node.facts["file_sha256"]
    return str(_("文件指纹 %(mark)s", mark=f"{digest[:4]}…{digest[-2:]}"))


def _finding(findings: Sequence[ChainNode]) -> Node:
    title = word(BY_CODE["finding"].name)
    if not findings:
        return Node(title, (_("手工列入清单"),))
    if _hidden(findings):
        return Node(title, (beyond(),))
    row = min((node for node in findings if node.shown), key=lambda node: node.facts["effect"] or 0)
    effect = f"・d {signed(row.facts['effect'])}" if row.facts["effect"] is not None else ""
    more = _("等 %(n)s 条", n=len(findings)) if len(findings) > 1 else ""
    return Node(title, (f"{row.number}{effect}{more}", _("已确认 %(day)s", day=day_of_year(row.on))), row.url)


def _plan(plans: Sequence[ChainNode]) -> Node:
    title = word(BY_CODE["plan"].name)
    if not plans:
        return Node(title, (_("还没有起草"),))
    if _hidden(plans):
        return Node(title, (beyond(),))
    ours = sorted((plan for plan in plans if plan.shown), key=lambda plan: -plan.facts["edition"])
    row = next((plan for plan in ours if plan.state and plan.state.code in ("active", "completed")), ours[0])
    target = row.facts["target"]
    aim = _("目标 ≥ %(value)s", value=value_words(target, None)) if target is not None else ""
    edition = _("第 %(n)s 版・%(state)s", n=row.facts["edition"], state=word(row.state))
    return Node(title, (edition, aim), row.url)


def _actions(actions: Sequence[ChainNode]) -> Node:
    title = word(BY_CODE["action"].name)
    if not actions:
        return Node(title, (_("还没有措施"),))
    if _hidden(actions):
        return Node(title, (beyond(),))
    ours = [action for action in actions if action.shown]
    done = [action for action in ours if _in(action, "completed")]
    first = next((action for action in ours if not _in(action, "completed")), ours[0])
    return Node(title, (_("%(done)s / %(all)s 完成", done=len(done), all=len(ours)), first.title), first.url)


def ruled(node: ChainNode) -> str:
    """That a cell was decided against, or is still asked about; empty where it stands."""
    standing = node.facts.get("standing")
    if standing == SET_ASIDE:
        return str(_("已裁定不采用"))
    return str(_("来源不一致，等裁定")) if standing == DISPUTED else ""


def _in(node: ChainNode, *states: str) -> bool:
    return node.state is not None and node.state.code in states


def _evidence(pieces: Sequence[ChainNode]) -> Node:
    title = word(BY_CODE["evidence"].name)
    if not pieces:
        return Node(title, (_("还没有佐证"),))
    if _hidden(pieces):
        return Node(title, (beyond(),))
    ours = [piece for piece in pieces if piece.shown]
    accepted, waiting = (sum(_in(piece, state) for piece in ours) for state in ("accepted", "submitted"))
    judged = _("受理 %(done)s・待审 %(open)s", done=accepted, open=waiting)
    return Node(title, (_("%(n)s 份", n=len(ours)), judged), ours[-1].url)


def _visit(checks: Sequence[ChainNode], visits: Sequence[ChainNode], item: ChainNode) -> Node:
    """Checks on site, and the checks of its list and the visits of the programme that looked at the item."""
    title = word(BY_CODE["supervision"].name)
    if not checks and not visits:
        severe = item.facts.get("severity") == "severe"
        return Node(title, (_("严重问题须核查") if severe else _("还没有核查"),))
    if _hidden([*checks, *visits]):
        return Node(title, (beyond(),))
    checked, visited = ([node for node in nodes if node.shown] for nodes in (checks, visits))
    parts = [node.number for node in visited[-1:]] + ([_("核查 %(n)s 次", n=len(checked))] if checked else [])
    last = (visited or checked)[-1]
    return Node(title, ("・".join(parts), day_of_year(last.on)), last.url)


def _evaluation(rows: Sequence[ChainNode]) -> Node:
    title = word(BY_CODE["evaluation"].name)
    if not rows:
        return Node(title, (_("还没有开始"),))
    if _hidden(rows):
        return Node(title, (beyond(),))
    row = rows[-1] if rows[-1].on is None else max(rows, key=lambda one: (one.on is None, one.on))
    said = word(word_of(OUTCOMES, row.facts.get("outcome"))) or word(row.state)
    return Node(title, (said, _("定论 %(day)s", day=day_of_year(row.on)) if row.on else ""), row.url)


def _closure(rows: Sequence[ChainNode]) -> Node:
    title = str(_("销号"))
    if not rows:
        return Node(title, (_("还没有申请"),))
    if _hidden(rows):
        return Node(title, (beyond(),))
    row = rows[-1]
    done = _in(row, "approved", "closed")
    return Node(title, (_("已销号 %(day)s", day=day_of_year(row.on)) if done and row.on else word(row.state),), row.url)


def _next_round(again: Sequence[ChainNode], parts: dict[str, list[ChainNode]]) -> Node:
    title = str(_("下一轮监测"))
    ours = [cell for cell in again if cell.shown]
    if ours:
        last = ours[-1]
        back = ruled(last) or (_("再次出现") if parts.get("reopening") else mark_words(last))
        return Node(title, (place_and_value(last), back), last.url)
    if again:
        return Node(title, (beyond(),))
    check = next(iter(parts.get("recheck", [])), None)
    if check is not None and check.shown:
        return Node(title, (_("复查 %(day)s", day=day_of_year(check.on)),), check.url)
    return Node(title, (_("还没有到"),))


def kind_word(node: ChainNode) -> str:
    """What kind of record a node is."""
    return word(FILE if node.kind == "file" else BY_CODE[node.kind].name)


def line_of(node: ChainNode) -> str:
    """One node in words: what it is called, where it stands, since when."""
    if not node.shown:
        return beyond()
    return str(_("，")).join(part for part in (_name(node), _detail(node), _standing(node)) if part)


def _name(node: ChainNode) -> str:
    if node.kind == "file":
        return node.title or str(_("县里上传的结果表"))
    if node.kind == "plan":
        return str(_("第 %(n)s 版", n=node.facts["edition"]))
    return " ".join(part for part in (node.number, node.title) if part)


def _detail(node: ChainNode) -> str:
    if node.kind == "file":
        source, digest = node.facts["supplier"], f"SHA-256 {node.facts['file_sha256']}"
        return str(_("来自 %(name)s，%(rest)s", name=source, rest=digest)) if source else digest
    if node.kind == "cell":
        facts = node.facts
        place = _(
            "表“%(sheet)s”第 %(row)s 行 %(column)s 列", sheet=facts["sheet"], row=facts["row"], column=facts["column"]
        )
        value = value_words(facts["value"], facts["value_type"])
        told = str(_("%(place)s，数值 %(value)s，%(n)s 人", place=place, value=value, n=facts["n"]))
        return str(_("，")).join(part for part in (told, ruled(node)) if part)
    if node.kind == "list_check":
        return word(ANSWERS[node.facts["answer"]]) if node.facts.get("answer") else ""
    if node.kind in ("visit", "observation"):
        return word(word_of(SEEN, node.facts["seen"]))
    if node.kind == "visit_finding":
        return word(word_of(FINDINGS, node.facts["finding"]))
    if node.kind == "evaluation":
        opinion = node.facts.get("opinion")
        from_outside = _("第三方：%(word)s", word=word(OPINIONS[opinion])) if opinion else ""
        return str(_("，")).join(
            part for part in (word(word_of(OUTCOMES, node.facts.get("outcome"))), from_outside) if part
        )
    return ""


def _standing(node: ChainNode) -> str:
    day = day_of_year(node.on) if node.on else ""
    return " ".join(part for part in (word(node.state) if node.state else "", day) if part)

"""The chain of one record, both ways, in a constant number of statements, however long it is."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.database import db
from app.core.imports.models import ImportBatch
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.chain.graph import Chain, ChainLink, ChainNode
from app.improvement.chain.kinds import BY_CODE, BY_TABLE
from app.improvement.chain.queries.reach import follow_ups, items_of, shown_among
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle, MonitoringResult
from app.improvement.plans.models import Evidence, EvidenceUse, RemediationAction, RemediationPlan
from app.improvement.problems.models import ItemFinding, OnsiteCheck, ProblemItem, Reopening
from app.improvement.visits.models import SupervisionVisit, VisitFinding, VisitLine, VisitObservation

OUT = ("released", "improving", "closed")
STAGES = (
    "file", "cell", "finding", "item", "plan", "action", "evidence", "supervision", "observation", "visit_finding",
    "visit", "evaluation", "closure", "recheck", "reopening",
)  # fmt: skip
"""In which order the nodes stand."""
_Own = dict[str, list[uuid.UUID]]


def trace(actor: Actor, record: Any) -> Chain:
    """The evidence chain through a record: result cell, finding, item, plan, measure, evidence, visit, check, evaluation,
    closure request, recheck or reopening.

    Back to file digest, sheet, row and column, forward to the cell measured again. What row-level security hides is
    left out; what the policy hides stays as a node without words. Raises TypeError for any other kind of record.
    Source: design §5, mission_improvement §3 feature 1.
    """
    items, more = items_of(actor, record)
    work = _Work(actor)
    work.read(record, items)
    return Chain(str(record.id), work.nodes(), tuple(dict.fromkeys(work.links)), tuple(items), more)


class _Work:
    """The tables read so far: one statement each, and one for what may be shown."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.found: dict[str, ChainNode] = {}
        self.links: list[ChainLink] = []

    def read(self, record: Any, items: list[uuid.UUID]) -> None:
        """Everything about these items, and the record itself even where it is drafted, cancelled or withdrawn."""
        own = {BY_TABLE[record.__tablename__].code: [record.id]}
        self._items(items)
        cells = self._plans(items, own) | set(own.get("cell", ()))
        self._actions(own)
        self._evidence(own)
        self._checks(items)
        findings = self._cited(items) | set(own.get("finding", ()))
        cells |= self._evaluations(items)
        self._closures(items)
        findings |= self._reopenings(items)
        findings |= self._visits(items, findings, own)
        cells |= self._findings(findings)
        self._cells(cells)

    def nodes(self) -> tuple[ChainNode, ...]:
        """All nodes by stage, older first; the hidden ones without words."""
        ids: dict[str, list[uuid.UUID]] = defaultdict(list)
        for node in self.found.values():
            if node.kind != "file":
                ids[node.kind].append(uuid.UUID(node.key))
        shown = {str(one) for one in shown_among(self.actor, ids)}
        files = {link.before for link in self.links if link.after in shown}
        kept = [
            node if node.key in shown or (node.kind == "file" and node.key in files) else _without_words(node)
            for node in self.found.values()
        ]
        self.links = [link for link in self.links if link.before in self.found and link.after in self.found]
        return tuple(sorted(kept, key=lambda node: (STAGES.index(node.kind), node.on or date.max, node.key)))

    def _put(self, kind: str, row: Any, before: Any = None, **words: Any) -> None:
        key = str(row.id)
        model = BY_CODE[kind].model
        state = model.workflow.state(row.state) if hasattr(model, "workflow") else None
        self.found.setdefault(key, ChainNode(kind, key, ref=row.ref, state=state, **words))
        if before is not None:
            self.links.append(ChainLink(str(before), key))

    def _rows(self, statement: Any) -> Any:
        return db.session.execute(statement)

    def _items(self, items: list[uuid.UUID]) -> None:
        i = ProblemItem
        rows = self._rows(
            select(i.id, i.ref, i.state, i.number, i.title, i.issued_on, i.severity).where(i.id.in_(items))
        )
        for row in rows:
            self._put(
                "item", row, number=row.number, title=row.title, on=row.issued_on, url=f"/items/{row.ref}",
                facts={"severity": row.severity},
            )  # fmt: skip

    def _keys(self, kind: str) -> list[uuid.UUID]:
        return [uuid.UUID(node.key) for node in self.found.values() if node.kind == kind]

    def _plans(self, items: list[uuid.UUID], own: _Own) -> set[uuid.UUID]:
        """Plans; the ids of the cells that they set out from."""
        p, cells = RemediationPlan, set()
        for row in self._rows(
            select(
                p.id, p.ref, p.state, p.edition, p.goal, p.target, p.approved_on, p.item_id, p.baseline_result_id
            ).where(p.item_id.in_(items), or_(p.state != "cancelled", p.id.in_(own.get("plan", []))))
        ):  # fmt: skip
            facts = {"edition": row.edition, "target": row.target}
            self._put(
                "plan", row, row.item_id, title=row.goal, on=row.approved_on, url=f"/plans/{row.ref}", facts=facts
            )
            if row.baseline_result_id is not None:
                cells.add(row.baseline_result_id)
                self.links.append(ChainLink(str(row.baseline_result_id), str(row.id)))
        return cells

    def _actions(self, own: _Own) -> None:
        a = RemediationAction
        for row in self._rows(
            select(a.id, a.ref, a.state, a.title, a.planned_end, a.plan_id).where(
                a.plan_id.in_(self._keys("plan")), or_(a.state != "cancelled", a.id.in_(own.get("action", [])))
            )
        ):
            self._put("action", row, row.plan_id, title=row.title, on=row.planned_end, url=f"/actions/{row.ref}")

    def _checks(self, items: list[uuid.UUID]) -> None:
        c = OnsiteCheck
        for row in self._rows(
            select(c.id, c.ref, c.checked_on, c.place, c.seen, c.item_id, ProblemItem.ref.label("item_ref"))
            .join(ProblemItem, ProblemItem.id == c.item_id)
            .where(c.item_id.in_(items))
        ):
            address, facts = f"/items/{row.item_ref}#onsite", {"seen": row.seen}
            self._put("visit", row, row.item_id, title=row.place, on=row.checked_on, url=address, facts=facts)

    def _evidence(self, own: _Own) -> None:
        """Own pieces of the measures, and pieces of others that are shown for them."""
        e, u, actions = Evidence, EvidenceUse, self._keys("action")
        used = select(u.evidence_id.label("id"), u.action_id).where(u.action_id.in_(actions))
        first = select(e.id, e.action_id).where(e.action_id.in_(actions))
        places = first.union_all(used).subquery()
        for row in self._rows(
            select(e.id, e.ref, e.state, e.title, e.happened_on, places.c.action_id)
            .join(places, places.c.id == e.id)
            .where(or_(e.state.not_in(("withdrawn", "draft")), e.id.in_(own.get("evidence", []))))
        ):
            address = f"/evidence/{row.ref}"
            self._put("evidence", row, row.action_id, title=row.title, on=row.happened_on, url=address)

    def _evaluations(self, items: list[uuid.UUID]) -> set[uuid.UUID]:
        """Evaluations; the ids of the cells before and after."""
        v, cells = EffectEvaluation, set()
        for row in self._rows(
            select(v.id, v.ref, v.state, v.outcome, v.decided_on, v.plan_id, v.baseline_result_id).where(
                v.item_id.in_(items)
            )
        ):
            facts = {"outcome": row.outcome if row.state == "decided" else None}
            address = f"/evaluations/{row.ref}"
            self._put("evaluation", row, row.plan_id, on=row.decided_on, url=address, facts=facts)
            cells |= {row.baseline_result_id} - {None}
        for row in self._rows(follow_ups(items)):
            cells.add(row.result_id)
            self.links.append(ChainLink(str(row.result_id), str(row.evaluation_id)))
        return cells

    def _closures(self, items: list[uuid.UUID]) -> None:
        q, r = ClosureRequest, Recheck
        what = (q.id, q.ref, q.state, q.number, q.approved_on, q.item_id, q.evaluation_id, q.evidence_ids)
        for row in self._rows(select(*what).where(q.item_id.in_(items))):
            behind = row.evaluation_id or row.item_id
            self._put("closure", row, behind, number=row.number, on=row.approved_on, url=f"/closures/{row.ref}")
            self.links += [ChainLink(piece, str(row.id)) for piece in row.evidence_ids]
        for row in self._rows(select(r.id, r.ref, r.state, r.due_on, r.request_id).where(r.item_id.in_(items))):
            self._put("recheck", row, row.request_id, on=row.due_on, url=f"/rechecks/{row.ref}")

    def _reopenings(self, items: list[uuid.UUID]) -> set[uuid.UUID]:
        """Proposals to take it up again; the ids of the findings that speak for it."""
        o, findings = Reopening, set()
        what = (o.id, o.ref, o.state, o.trigger, o.created_at, o.finding_id, o.item_id)
        for row in self._rows(select(*what).where(o.item_id.in_(items))):
            day, facts = clock.local(row.created_at).date(), {"trigger": row.trigger}
            self._put("reopening", row, row.item_id, on=day, url=f"/reopenings/{row.ref}", facts=facts)
            if row.finding_id is not None:
                findings.add(row.finding_id)
                self.links.append(ChainLink(str(row.finding_id), str(row.id)))
        return findings

    def _visits(self, items: list[uuid.UUID], findings: set[uuid.UUID], own: _Own) -> set[uuid.UUID]:
        """What visits saw and found, once their school was shown it; the ids of the findings that came of it."""
        asked = own.get("supervision", [])
        places, seen = self._seen(items)
        found = self._found(or_(*_speaks_of(items, findings, asked)), seen)
        v, wanted = SupervisionVisit, places | {row.visit_id for row in found} | set(asked)
        for row in self._rows(select(v.id, v.ref, v.state, v.number, v.scope, v.visit_on).where(v.id.in_(wanted))):
            day, url = row.visit_on, f"/visits/{row.ref}"
            self._put("supervision", row, number=row.number, title=row.scope, on=day, url=url)
        return {row.data_finding_id for row in found} - {None}

    def _seen(self, items: list[uuid.UUID]) -> tuple[set[uuid.UUID], dict[tuple[Any, Any], uuid.UUID]]:
        """Ids of the visits that looked at these items, and what each saw of each."""
        o, line, places, seen = VisitObservation, VisitLine, set(), {}
        for row in self._rows(
            select(o.id, o.ref, o.seen, o.observed_at, o.visit_id, line.item_id, line.title, _visit_ref())
            .join(line, line.id == o.line_id)
            .join(SupervisionVisit, SupervisionVisit.id == o.visit_id)
            .where(line.item_id.in_(items), o.set_aside_at.is_(None), _is_told())
        ):
            day, address = clock.local(row.observed_at).date(), f"/visits/{row.visit_ref}"
            facts = {"seen": row.seen}
            self._put("observation", row, row.visit_id, title=row.title, on=day, url=address, facts=facts)
            self.links.append(ChainLink(str(row.item_id), str(row.id)))
            places.add(row.visit_id)
            seen[row.visit_id, row.item_id] = row.id
        return places, seen

    def _found(self, which: Any, seen: dict[tuple[Any, Any], uuid.UUID]) -> list[Any]:
        """Findings of visits, each after what was seen of its item and before what became of it."""
        f = VisitFinding
        became = (f.check_id, f.data_finding_id, f.action_id, f.reopening_id)
        rows = list(
            self._rows(
                select(
                    f.id, f.ref, f.kind, f.text, f.item_id, f.visit_id, SupervisionVisit.visit_on, *became, _visit_ref()
                )
                .join(SupervisionVisit, SupervisionVisit.id == f.visit_id)
                .where(which, _is_told())
                .order_by(f.position)
            )
        )
        for row in rows:
            behind, address = seen.get((row.visit_id, row.item_id), row.visit_id), f"/visits/{row.visit_ref}"
            facts = {"finding": row.kind}
            self._put("visit_finding", row, behind, title=row.text, on=row.visit_on, url=address, facts=facts)
            after = (row.check_id, row.data_finding_id, row.action_id, row.reopening_id)
            self.links += [ChainLink(str(row.id), str(one)) for one in after if one is not None]
        return rows

    def _cited(self, items: list[uuid.UUID]) -> set[uuid.UUID]:
        found = set()
        for row in self._rows(
            select(ItemFinding.item_id, ItemFinding.finding_id).where(ItemFinding.item_id.in_(items))
        ):
            found.add(row.finding_id)
            self.links.append(ChainLink(str(row.finding_id), str(row.item_id)))
        return found

    def _findings(self, ids: set[uuid.UUID]) -> set[uuid.UUID]:
        """Findings; the ids of the cells they were computed from."""
        f, cells = DataFinding, set()
        for row in self._rows(
            select(
                f.id, f.ref, f.state, f.number, f.title, f.effect, f.effect_low, f.effect_high, f.known_on,
                f.confirmed_on, f.result_id,
            ).where(f.id.in_(ids))
        ):  # fmt: skip
            facts = {"effect": row.effect, "low": row.effect_low, "high": row.effect_high}
            self._put(
                "finding", row, number=row.number, title=row.title, on=row.confirmed_on or row.known_on,
                url=f"/monitoring/findings/{row.ref}", facts=facts,
            )  # fmt: skip
            if row.result_id is not None:
                cells.add(row.result_id)
                self.links.append(ChainLink(str(row.result_id), str(row.id)))
        return cells

    def _cells(self, ids: set[uuid.UUID]) -> None:
        """The cells named anywhere, and the same cells in later rounds; each with its file."""
        later = self._later(ids)
        for row in self._rows(_cells().where(MonitoringResult.id.in_(ids | {after for _, after in later}))):
            self._cell(row)
        named = Chain("", tuple(self.found.values()), tuple(self.links))
        for before, after in later:
            self.links.append(ChainLink(str(before), str(after)))
            closed = [key for key in named.leads_to(str(before)) if self.found[key].kind == "closure"]
            self.links += [ChainLink(key, str(after)) for key in closed]

    def _later(self, ids: set[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID]]:
        """Each cell with the same cell of a later round; schools are told of released rounds only."""
        r, first, began = MonitoringResult, aliased(MonitoringResult), aliased(MonitoringCycle)
        found = (
            select(first.id, r.id)
            .join(r, (first.unit_id == r.unit_id) & (first.indicator_id == r.indicator_id))
            .join(MonitoringCycle, MonitoringCycle.id == r.cycle_id)
            .join(began, began.id == first.cycle_id)
            .where(first.id.in_(ids), r.cell_key == first.cell_key, r.superseded_at.is_(None))
            .where(MonitoringCycle.starts_on > began.starts_on)
        )
        if not decide.holds(self.actor, "monitoring.view_cycles"):
            found = found.where(MonitoringCycle.state.in_(OUT))
        return [(row[0], row[1]) for row in self._rows(found)]

    def _cell(self, row: Any) -> None:
        file = f"file:{row.batch_id}"
        column = "".join(letter for letter in row.cell if letter.isalpha())
        facts = {
            "file_sha256": row.file_sha256, "file_name": row.file_name, "sheet": row.sheet, "row": row.row_no,
            "column": column, "cell": row.cell, "value": row.value, "value_type": row.value_type, "n": row.n,
            "superseded": row.superseded_at is not None,
        }  # fmt: skip
        url = f"/monitoring/cells/{row.ref}"
        self._put(
            "cell", row, file, title=row.indicator, number=row.cycle or "", on=row.starts_on, url=url, facts=facts
        )
        own = {"file_sha256": row.file_sha256, "file_name": row.file_name}
        name = row.file_name or ""
        self.found.setdefault(file, ChainNode("file", file, title=name, on=row.starts_on, url=url, facts=own))


def _visit_ref() -> Any:
    return SupervisionVisit.ref.label("visit_ref")


def _is_told() -> Any:
    """The school was shown the draft: before that nobody but the team has what was seen, and no hint of it either."""
    return or_(SupervisionVisit.draft_shown_on.is_not(None), SupervisionVisit.feedback_on.is_not(None))


def _speaks_of(items: list[uuid.UUID], findings: set[uuid.UUID], visits: list[uuid.UUID]) -> tuple[Any, ...]:
    f = VisitFinding
    return f.item_id.in_(items), f.data_finding_id.in_(findings), f.visit_id.in_(visits)


def _cells() -> Any:
    r = MonitoringResult
    return (
        select(
            r.id, r.ref, r.batch_id, r.file_sha256, r.sheet, r.row_no, r.cell, r.value, r.value_type, r.n,
            r.superseded_at, Indicator.name.label("indicator"), MonitoringCycle.name.label("cycle"),
            MonitoringCycle.starts_on, ImportBatch.file_name,
        )
        .join(Indicator, Indicator.id == r.indicator_id)
        .outerjoin(MonitoringCycle, MonitoringCycle.id == r.cycle_id)
        .outerjoin(ImportBatch, ImportBatch.id == r.batch_id)
    )  # fmt: skip


def _without_words(node: ChainNode) -> ChainNode:
    return replace(node, shown=False, ref="", number="", title="", state=None, on=None, url="", facts={})

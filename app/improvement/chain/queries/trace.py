"""The chain of one record, both ways, in a constant number of statements, however long it is."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from app.core import clock
from app.core.casework.shaped import Builder
from app.core.casework.together import Asking, Rows, answer, question
from app.core.policy.actor import Actor
from app.improvement.chain.graph import Chain, ChainLink, ChainNode
from app.improvement.chain.kinds import BY_CODE, BY_TABLE
from app.improvement.chain.queries import questions as asked
from app.improvement.chain.queries.reach import items_of, shown_among

STAGES = (
    "file", "cell", "finding", "item", "plan", "action", "evidence", "supervision", "observation", "visit_finding",
    "visit", "evaluation", "closure", "recheck", "list_check", "reopening",
)  # fmt: skip
"""In which order the nodes stand."""
OWN = ("plan", "action", "evidence", "finding", "supervision", "list_check")
"""Kinds of which the record asked about itself stands in the chain, whatever its state."""


def trace(actor: Actor, record: Any) -> Chain:
    """The evidence chain through a record: result cell, finding, item, plan, measure, evidence, visit, check, evaluation,
    closure request, recheck or reopening.

    Back to file digest, sheet, row and column, forward to the cell measured again. What row-level security hides is
    left out; what the policy hides stays as a node without words. Raises TypeError for any other kind of record.
    Source: design §5, mission_improvement §3 feature 1.
    """
    return answer(actor, traced(actor, record))


def traced(actor: Actor, record: Any) -> Asking[Chain]:
    """`trace` as a part of a page."""
    items, more = items_of(actor, record)
    work = _Work(actor, record, items)
    yield from work.read()
    nodes = yield from work.nodes()
    return Chain(str(record.id), nodes, tuple(dict.fromkeys(work.links)), tuple(items), more)


class _Work:
    """What was read so far about some items, and about the record itself even where it is drafted, cancelled or withdrawn."""

    def __init__(self, actor: Actor, record: Any, items: list[uuid.UUID]) -> None:
        self.actor = actor
        self.kind, self.record, self.items = BY_TABLE[record.__tablename__].code, record, tuple(items)
        self.found: dict[str, ChainNode] = {}
        self.links: list[ChainLink] = []
        self.cells, self.findings, self.visits = (self._own(kind) for kind in ("cell", "finding", "supervision"))
        """Ids of what rows named that is still to be read."""
        self.seen: dict[tuple[Any, Any], uuid.UUID] = {}
        """Visit and item → what was seen."""
        self.failed: dict[Any, list[tuple[date, uuid.UUID]]] = defaultdict(list)
        """Item → the days on which a check of its list found that it does not hold, oldest first, and the checks."""

    def _own(self, kind: str) -> set[uuid.UUID]:
        """The id of the record asked about, where it is of this kind."""
        return {self.record.id} if self.kind == kind else set()

    def read(self) -> Asking[None]:
        """What belongs to the items by one message, then what those rows name."""
        own = {f"{kind}_too": tuple(self._own(kind)) for kind in OWN}
        parts = self._parts()
        rows = yield tuple(question(wanted, items=self.items, **own) for wanted in parts)
        for put, some in zip(parts.values(), rows, strict=True):
            put(some)
        yield from self._next(
            {asked.visits: (self._visits, self.visits), asked.findings: (self._findings, self.findings)}
        )
        known = tuple(self.cells)
        if known:
            cells, later = yield question(asked.cells, ids=known), question(asked.later, ids=known)
            self._cells(cells)
            yield from self._next({asked.cells: (self._cells, {row.after for row in later} - self.cells)})
            self._later(later)

    def _parts(self) -> dict[Builder, Callable[[Rows], None]]:
        """What is asked about the items, and who puts its rows into the chain, in this order."""
        return {
            asked.items: self._items, asked.plans: self._plans, asked.actions: self._actions,
            asked.evidence: self._evidence, asked.checks: self._checks, asked.cited: self._cited,
            asked.evaluations: self._evaluations, asked.closures: self._closures,
            asked.rechecks: self._rechecks, asked.list_checks: self._list_checks, asked.reopenings: self._reopenings,
            asked.seen: self._seen, asked.found: self._found,
        }  # fmt: skip

    def _next(self, wanted: dict[Builder, tuple[Callable[[Rows], None], set[uuid.UUID]]]) -> Asking[None]:
        """Read by their ids what rows named, where they named any."""
        some = {builder: (put, tuple(ids)) for builder, (put, ids) in wanted.items() if ids}
        if some:
            rows = yield tuple(question(builder, ids=ids) for builder, (_put, ids) in some.items())
            for (put, _ids), found in zip(some.values(), rows, strict=True):
                put(found)

    def nodes(self) -> Asking[tuple[ChainNode, ...]]:
        """All nodes by stage, older first; the hidden ones without words."""
        ids: dict[str, list[uuid.UUID]] = defaultdict(list)
        for node in self.found.values():
            if node.kind != "file":
                ids[node.kind].append(uuid.UUID(node.key))
        visible = yield from shown_among(self.actor, ids)
        shown = {str(one) for one in visible}
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

    def _link(self, before: Any, after: Any) -> None:
        self.links.append(ChainLink(str(before), str(after)))

    def _items(self, rows: Rows) -> None:
        for row in rows:
            self._put(
                "item", row, number=row.number, title=row.title, on=row.issued_on, url=f"/items/{row.ref}",
                facts={"severity": row.severity},
            )  # fmt: skip

    def _plans(self, rows: Rows) -> None:
        for row in rows:
            facts, url = {"edition": row.edition, "target": row.target}, f"/plans/{row.ref}"
            self._put("plan", row, row.item_id, title=row.goal, on=row.approved_on, url=url, facts=facts)
            if row.baseline_result_id is not None:
                self.cells.add(row.baseline_result_id)
                self._link(row.baseline_result_id, row.id)

    def _actions(self, rows: Rows) -> None:
        for row in rows:
            self._put("action", row, row.plan_id, title=row.title, on=row.planned_end, url=f"/actions/{row.ref}")

    def _evidence(self, rows: Rows) -> None:
        for row in rows:
            address = f"/evidence/{row.ref}"
            self._put("evidence", row, row.action_id, title=row.title, on=row.happened_on, url=address)

    def _checks(self, rows: Rows) -> None:
        for row in rows:
            address, facts = f"/items/{row.item_ref}#onsite", {"seen": row.seen}
            self._put("visit", row, row.item_id, title=row.place, on=row.checked_on, url=address, facts=facts)

    def _cited(self, rows: Rows) -> None:
        for row in rows:
            self.findings.add(row.finding_id)
            self._link(row.finding_id, row.item_id)

    def _evaluations(self, rows: Rows) -> None:
        for row in rows:
            facts = {"outcome": row.outcome if row.state == "decided" else None, "opinion": row.opinion}
            address = f"/evaluations/{row.ref}"
            self._put("evaluation", row, row.plan_id, on=row.decided_on, url=address, facts=facts)
            self.cells |= {row.baseline_result_id} - {None}
            for again in map(uuid.UUID, row.follow_up_ids):
                self.cells.add(again)
                self._link(again, row.id)

    def _closures(self, rows: Rows) -> None:
        for row in rows:
            behind = row.evaluation_id or row.item_id
            self._put("closure", row, behind, number=row.number, on=row.approved_on, url=f"/closures/{row.ref}")
            for piece in row.evidence_ids:
                self._link(piece, row.id)

    def _rechecks(self, rows: Rows) -> None:
        for row in rows:
            self._put("recheck", row, row.request_id, on=row.due_on, url=f"/rechecks/{row.ref}")

    def _list_checks(self, rows: Rows) -> None:
        """A check says of one item what was found of it; of several its state says enough."""
        said: dict[Any, set[str]] = defaultdict(set)
        for row in rows:
            said[row.id].add(row.answer)
        for row in rows:
            answer = row.answer if len(said[row.id]) == 1 else None
            self._put(
                "list_check", row, row.item_id, number=row.number, on=row.checked_on, url=f"/list-checks/{row.ref}",
                facts={"answer": answer},
            )  # fmt: skip
            if row.answer == "fails":
                self.failed[row.item_id].append((row.checked_on, row.id))

    def _reopenings(self, rows: Rows) -> None:
        for row in rows:
            day, facts = clock.local(row.created_at).date(), {"trigger": row.trigger}
            self._put("reopening", row, row.item_id, on=day, url=f"/reopenings/{row.ref}", facts=facts)
            if row.finding_id is not None:
                self.findings.add(row.finding_id)
                self._link(row.finding_id, row.id)
            if row.trigger == "failed_sample" and (
                behind := [check for found_on, check in self.failed[row.item_id] if found_on <= day]
            ):
                self._link(behind[-1], row.id)

    def _seen(self, rows: Rows) -> None:
        for row in rows:
            day, address = clock.local(row.observed_at).date(), f"/visits/{row.visit_ref}"
            facts = {"seen": row.seen}
            self._put("observation", row, row.visit_id, title=row.title, on=day, url=address, facts=facts)
            self._link(row.item_id, row.id)
            self.visits.add(row.visit_id)
            self.seen[row.visit_id, row.item_id] = row.id

    def _found(self, rows: Rows) -> None:
        """Findings of visits, each after what was seen of its item and before what became of it."""
        for row in rows:
            behind, address = self.seen.get((row.visit_id, row.item_id), row.visit_id), f"/visits/{row.visit_ref}"
            facts = {"finding": row.kind}
            self._put("visit_finding", row, behind, title=row.text, on=row.visit_on, url=address, facts=facts)
            self.visits.add(row.visit_id)
            self.findings |= {row.data_finding_id} - {None}
            for one in (row.check_id, row.data_finding_id, row.action_id, row.reopening_id):
                if one is not None:
                    self._link(row.id, one)

    def _visits(self, rows: Rows) -> None:
        for row in rows:
            day, url = row.visit_on, f"/visits/{row.ref}"
            self._put("supervision", row, number=row.number, title=row.scope, on=day, url=url)

    def _findings(self, rows: Rows) -> None:
        for row in rows:
            facts = {"effect": row.effect, "low": row.effect_low, "high": row.effect_high}
            self._put(
                "finding", row, number=row.number, title=row.title, on=row.confirmed_on or row.known_on,
                url=f"/monitoring/findings/{row.ref}", facts=facts,
            )  # fmt: skip
            if row.result_id is not None:
                self.cells.add(row.result_id)
                self._link(row.result_id, row.id)

    def _later(self, rows: Rows) -> None:
        """The same cells in later rounds: each after the one before it, and after the closures that this one led to."""
        named = Chain("", tuple(self.found.values()), tuple(self.links))
        for row in rows:
            self._link(row.before, row.after)
            closed = [key for key in named.leads_to(str(row.before)) if self.found[key].kind == "closure"]
            for key in closed:
                self._link(key, row.after)

    def _cells(self, rows: Rows) -> None:
        """Cells, each with its file."""
        for row in rows:
            self._cell(row)

    def _cell(self, row: Any) -> None:
        file = f"file:{row.batch_id}"
        column = "".join(letter for letter in row.cell if letter.isalpha())
        facts = {
            "file_sha256": row.file_sha256, "file_name": row.file_name, "sheet": row.sheet, "row": row.row_no,
            "column": column, "cell": row.cell, "value": row.value, "value_type": row.value_type, "n": row.n,
            "superseded": row.superseded_at is not None, "standing": row.standing,
        }  # fmt: skip
        url = f"/monitoring/cells/{row.ref}"
        self._put(
            "cell", row, file, title=row.indicator, number=row.cycle or "", on=row.starts_on, url=url, facts=facts
        )
        own = {"file_sha256": row.file_sha256, "file_name": row.file_name, "supplier": row.supplier_name or None}
        name = row.file_name or ""
        self.found.setdefault(file, ChainNode("file", file, title=name, on=row.starts_on, url=url, facts=own))


def _without_words(node: ChainNode) -> ChainNode:
    return replace(node, shown=False, ref="", number="", title="", state=None, on=None, url="", facts={})

"""No closed item without a whole chain, and no link of one can be taken away, by plain SQL as the app role either."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.errors import StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import ClosureRequest
from app.improvement.plans.operations.evidence import reject_evidence
from app.improvement.plans.operations.plans import PlanStep
from app.improvement.problems.models import OnsiteCheck, Reopening
from app.improvement.problems.operations import reopenings
from app.improvement.problems.operations.drafting import Submission
from tests.improvement.chain.test_trace import records_of
from tests.improvement.effects.scenes import EffectScene

REASON = "照片与去年同一活动的照片完全相同，判定失实"
IN_PLAN = "select id from remediation_plans where item_id = :item"
IN_ACTIONS = f"select id from remediation_actions where plan_id in ({IN_PLAN})"
CITED = "select finding_id from item_findings where item_id = :item"
BREAKS = {
    "the finding is taken off the item": "delete from item_findings where item_id = :item",
    "the finding loses its cell": f"update data_findings set result_id = null where id in ({CITED})",
    "the finding is deleted": f"delete from data_findings where id in ({CITED})",
    "the first cell is changed": "update monitoring_results set value = value + 1 where id in"
    f" (select result_id from data_findings where id in ({CITED}))",
    "the first cell moves to another file": "update monitoring_results set file_sha256 = repeat('a', 64) where id in"
    f" (select result_id from data_findings where id in ({CITED}))",
    "the cell measured again is deleted": "delete from monitoring_results where id::text in (select"
    " jsonb_array_elements_text(follow_up_ids) from effect_evaluations where item_id = :item)",
    "the cell measured again is changed": "update monitoring_results set cell = 'Z99' where id::text in (select"
    " jsonb_array_elements_text(follow_up_ids) from effect_evaluations where item_id = :item)",
    "the plan is cancelled": "update remediation_plans set state = 'cancelled' where item_id = :item",
    "the measures are open again": f"update remediation_actions set state = 'in_progress' where plan_id in ({IN_PLAN})",
    "the evidence is judged false": f"update evidence set state = 'rejected' where action_id in ({IN_ACTIONS})",
    "the evidence is deleted": f"delete from evidence where action_id in ({IN_ACTIONS})",
    "the effect is undecided": "update effect_evaluations set state = 'computed' where item_id = :item",
    "the effect forgets its cells": "update effect_evaluations set follow_up_ids = '[]' where item_id = :item",
    "the evaluation is deleted": "delete from effect_evaluations where item_id = :item",
    "the closure is rejected": "update closure_requests set state = 'rejected' where item_id = :item",
    "the check on site is deleted": "delete from onsite_checks where item_id = :item",
    "the plan took effect after the data": "update remediation_plans set approved_on = '2026-09-01' where item_id = :item",
    "the recheck is deleted": "delete from rechecks where item_id = :item",
    "another outcome is decided": "update effect_evaluations set outcome = 'no_change' where item_id = :item",
    "the finding has another effect": f"update data_findings set effect = effect + 1 where id in ({CITED})",
    "the target is lowered": "update remediation_plans set target = coalesce(target, 0) - 1 where item_id = :item",
    "the evidence has another title": f"update evidence set title = '另一份' where action_id in ({IN_ACTIONS})",
}


def _break(item_id: Any, statement: str) -> None:
    """Run plain SQL as the app role inside an act, and ask the deferred constraints as a commit would."""
    with trail.act(SYSTEM, "system", "test.broken"):
        db.session.execute(text(statement), {"item": item_id})
        db.session.execute(text("set constraints all immediate"))


def _as_a_commit_would() -> None:
    db.session.execute(text("set constraints all immediate"))
    db.session.execute(text("set constraints all deferred"))


@pytest.mark.parametrize("broken", BREAKS)
def test_no_link_of_a_closed_item_can_be_taken_away(scene: EffectScene, closed: ClosureRequest, broken: str) -> None:
    if "on site" in broken:
        _looked_at(closed)
    db.session.execute(text("set constraints all immediate"))
    with pytest.raises(
        (IntegrityError, DBAPIError), match=r"link of its chain|never changed|foreign key|no step leads"
    ):
        _break(closed.item_id, BREAKS[broken])


def _looked_at(request: ClosureRequest) -> None:
    """As if somebody had also gone there, which a moderate item does not ask for."""
    with trail.act(SYSTEM, "system", "test.on_site"):
        db.session.add(
            OnsiteCheck(
                item_id=request.item_id, county_id=request.county_id, school_id=request.school_id, place="八年级三班",
                checked_on=clock.today(), seen="seen", remarks="作业已分层", checked_by=request.owner_id,
            )
        )  # fmt: skip


def test_the_same_links_of_an_open_item_may_be_worked_on(scene: EffectScene) -> None:
    item = scene.decided().item
    _break(item.id, BREAKS["the evidence is judged false"])
    _break(item.id, BREAKS["the effect forgets its cells"])
    for changed in list(BREAKS)[-6:]:
        _break(item.id, BREAKS[changed])
    assert item.state == "evaluating"


@pytest.mark.parametrize(
    "broken", ["the evidence is judged false", "the effect forgets its cells", "the finding is taken off the item"]
)
def test_plain_sql_cannot_close_an_item_with_a_gap(scene: EffectScene, verified: ClosureRequest, broken: str) -> None:
    _break(verified.item_id, BREAKS[broken])
    with pytest.raises(IntegrityError, match="without a whole chain"):
        _break(verified.item_id, "update problem_items set state = 'closed' where id = :item")


def test_plain_sql_cannot_close_an_item_that_nobody_approved(scene: EffectScene, verified: ClosureRequest) -> None:
    with pytest.raises(IntegrityError, match="closure"):
        _break(verified.item_id, "update problem_items set state = 'closed' where id = :item")


def test_a_closure_verified_by_its_submitter_or_approver_is_no_closure(
    scene: EffectScene, verified: ClosureRequest
) -> None:
    with pytest.raises(IntegrityError, match="without a whole chain: verifier|another person must take"):
        scene.did(verified, "inspector", "closure_request.approve")
        _close(verified)


def _close(request: ClosureRequest) -> None:
    _break(request.item_id, "update closure_requests set state = 'approved' where item_id = :item")
    _break(request.item_id, "update problem_items set state = 'closed' where id = :item")


def test_evidence_that_its_own_author_accepted_does_not_count(scene: EffectScene, verified: ClosureRequest) -> None:
    piece = records_of_open(verified)
    owner = next(key for key, player in scene.cast.players.items() if player.person_id == piece.owner_id)
    scene.did(piece, owner, "evidence.accept")
    with pytest.raises(IntegrityError, match="without a whole chain: evidence"):
        _close(verified)


def records_of_open(request: ClosureRequest) -> Any:
    """The piece of evidence of an item that is not closed yet."""
    from app.improvement.plans.models import Evidence

    return db.session.get_one(Evidence, request.evidence_ids[0])


def test_judged_evidence_keeps_its_versions(scene: EffectScene, closed: ClosureRequest) -> None:
    piece = records_of(scene, closed)["evidence"]
    with trail.act(SYSTEM, "system", "test.version"):
        db.session.execute(
            text(
                "insert into evidence_versions (id, ref, evidence_id, number, link, added_by, county_id, school_id)"
                " values (gen_random_uuid(), 'aaaabbbbccccdddd', :id, 1, 'https://a.invalid', :who, :county, :school)"
            ),
            {"id": piece.id, "who": piece.owner_id, "county": piece.county_id, "school": piece.school_id},
        )
    for statement in ("update evidence_versions set link = 'https://b.invalid'", "delete from evidence_versions"):
        with pytest.raises(DBAPIError, match="never changed"):
            _break(piece.id, f"{statement} where evidence_id = :item")


def test_false_evidence_of_a_closed_item_leads_to_a_reopening_that_cannot_be_dismissed(
    scene: EffectScene, closed: ClosureRequest
) -> None:
    piece = records_of(scene, closed)["evidence"]
    _as_a_commit_would()
    reject_evidence(scene.actor("evaluator"), piece, PlanStep(reason=REASON))
    _as_a_commit_would()
    proposal = db.session.query(Reopening).filter_by(item_id=closed.item_id).one()
    with pytest.raises(StepRefused, match="证据链已经断开"):
        reopenings.dismiss_reopening(scene.actor("office_director"), proposal, Submission(reason=REASON))


def test_evidence_of_an_item_closed_long_ago_is_not_judged_false_where_it_is_the_last(
    scene: EffectScene, closed: ClosureRequest, clock: Any
) -> None:
    piece = records_of(scene, closed)["evidence"]
    clock.advance(days=3 * 366)
    with pytest.raises(StepRefused, match="24 个月"):
        reject_evidence(scene.actor("evaluator"), piece, PlanStep(reason=REASON))


GAPS = (
    "select count(*) from problem_items i where i.state = 'closed'"
    " and (cardinality(chain_gaps(i.id)) > 0 or closure_gap(i.id) is not null)"
    " and not exists (select 1 from reopenings r where r.item_id = i.id and r.state = 'proposed')"
)
MOVES = (
    *BREAKS.values(),
    "update problem_items set state = 'closed' where id = :item",
    f"update evidence set state = 'accepted' where action_id in ({IN_ACTIONS})",
    f"update remediation_actions set state = 'completed' where plan_id in ({IN_PLAN})",
    "update remediation_plans set state = 'completed' where item_id = :item",
    "update effect_evaluations set state = 'decided' where item_id = :item",
    "update closure_requests set state = 'approved' where item_id = :item",
    "update problem_items set severity = 'severe' where id = :item",
)


WALK = """
do $walk$
declare moves text[] := array[{moves}]; items uuid[] := array[{items}]; taken int := 0; refused int := 0; move text;
    changed boolean;
begin
    perform setseed({seed});
    for step in 1..{steps} loop
        changed := false;
        begin
            move := replace(moves[1 + floor(random() * cardinality(moves))], ':item',
                            quote_literal(items[1 + floor(random() * cardinality(items))]) || '::uuid');
            execute move;
            set constraints all immediate;
            set constraints all deferred;
            taken := taken + 1;
            changed := true;
        exception when others then
            set constraints all deferred;
            refused := refused + 1;
        end;
        if changed and ({gaps}) > 0 then raise exception 'step %% left a closed item with a gap: %%', step, move; end if;
    end loop;
    perform set_config('walk.taken', taken::text, true), set_config('walk.refused', refused::text, true);
end $walk$
"""
"""What is refused is undone by the server as a whole: the items are looked at again after each step that was taken."""


def test_five_thousand_random_steps_leave_no_closed_item_with_a_gap(
    scene: EffectScene, closed: ClosureRequest, verified: ClosureRequest
) -> None:
    items = [closed.item_id, scene.closure_approved().item_id, verified.item_id]
    moves = ", ".join("$m$" + move + "$m$" for move in MOVES)
    held = ", ".join(f"'{item}'::uuid" for item in items)
    _as_a_commit_would()
    with trail.act(SYSTEM, "system", "test.walk"):
        taken = refused = 0
        for part in range(20):
            walk = WALK.format(moves=moves, items=held, steps=250, gaps=GAPS, seed=part / 20)
            db.session.connection().exec_driver_sql(walk)
            counted = "select current_setting('walk.taken')::int, current_setting('walk.refused')::int"
            done = db.session.execute(text(counted)).one()
            taken, refused = taken + done[0], refused + done[1]
    assert taken > 500 and refused > 500 and taken + refused == 5000

"""Who takes a step when nobody else in the unit may: the next level, as decision 39 lays it down; never nobody.

A deputy comes first: he or she holds the role at the unit, so is found with the others. Only then the ladder is climbed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rung:
    """The role above, whether it is another school's or the county's person, and what is said on the record."""

    role: str
    zh: str
    en: str


LADDER: dict[str, tuple[Rung, ...]] = {
    "school_coordinator": (Rung("evaluator", "本校没有另一人可办，转评价员", "Nobody else at the school: evaluator"),),
    "grade_leader": (Rung("evaluator", "本校没有另一人可办，转评价员", "Nobody else at the school: evaluator"),),
    "principal": (Rung("evaluator", "本校没有另一人可办，转评价员", "Nobody else at the school: evaluator"),),
    "dept_officer": (
        Rung("dept_head", "本科室没有另一人可办，转科室负责人", "Nobody else in the department: its head"),
        Rung("evaluator", "本科室没有另一人可办，转评价员", "Nobody else in the department: evaluator"),
    ),
    "dept_head": (Rung("evaluator", "本科室没有另一人可办，转评价员", "Nobody else in the department: evaluator"),),
    "evaluator": (Rung("office_director", "没有另一位评价员，转办公室主任", "No other evaluator: office director"),),
    "office_director": (
        Rung("leading_group_member", "转组长指定的领导小组成员", "A leading group member named by the head"),
    ),
    "assessment_member": (
        Rung("evaluator", "没有另一位测评组成员，转评价员", "No other assessment member: evaluator"),
    ),
    "dpo": (Rung("dpo", "转指定的副职", "The named deputy"),),
}
"""Role → the levels above, nearest first. The dpo has a named deputy, who holds the role itself."""


def next_level(role: str) -> tuple[str, ...]:
    """The roles above `role`, nearest first; empty where there is no one above."""
    return tuple(rung.role for rung in LADDER.get(role, ()))


def rung_to(role: str, above: str) -> Rung | None:
    """The rung that leads from one role to the one above, with its words."""
    return next((rung for rung in LADDER.get(role, ()) if rung.role == above), None)

"""For whom a scale is meant: by grade, by age, and never a question that names a way to die below the county's grade."""

from __future__ import annotations

from datetime import date

import pytest
import yaml
from flask import Flask
from sqlalchemy import select

from app.care.screening.models import ScreeningTask
from app.care.screening.operations import answering
from app.care.screening.operations.scales import ScaleIn
from app.care.screening.scales import choosing
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.screening.scales import Shelf, content, refused
from tests.care.terms import Term
from tests.cast import sign_in


def method_scale(**eligibility: int) -> str:
    """A county's scale with a question that names a way to die."""
    told = yaml.safe_load(content())
    told["items"][0]["tags"], told["eligibility"] = ["suicide_method"], eligibility
    return str(yaml.safe_dump(told, allow_unicode=True))


@pytest.mark.parametrize(
    ("grades", "fits"), [(("G7",), False), (("G9", "G10"), False), (("G10",), True), (("G12",), True)]
)
def test_a_question_that_names_a_way_to_die_is_put_before_nobody_below_the_countys_grade(
    term: Term, desk: Shelf, grades: tuple[str, ...], fits: bool
) -> None:
    desk.in_force(desk.draft(ScaleIn(method_scale(grade_min=4, age_min=9), "加了一题")))
    if fits:
        assert term.draft(scales=("gad7 1.1.0",), grades=grades).scales_fit
    else:
        assert "不适合所选年级" in refused(lambda: term.draft(scales=("gad7 1.1.0",), grades=grades))


def test_beside_other_scales_it_is_left_out_for_those_who_are_too_young_and_the_registry_says_from_when(
    term: Term, desk: Shelf, app: Flask
) -> None:
    version = desk.in_force(desk.draft(ScaleIn(method_scale(grade_min=4, age_min=9), "加了一题")))
    campaign = term.opened(scales=("phq9 1.0.0", "gad7 1.1.0"))
    term.agree("学生00")
    use_context(SYSTEM.context())
    assert [one.code for one in answering.scales_of(term.task("学生00"))] == ["phq9"]
    assert choosing.gates(campaign.definitions)[1]["grade_min"] == 10
    page = sign_in(app.test_client(), term.cast["psych_center_lead"]).get(version.address, base_url="https://localhost")
    assert "10–12 年级" in page.text


def test_a_child_below_the_age_of_a_scale_is_not_asked_it(term: Term) -> None:
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.younger"):
        child = db.session.scalar(select(Student).where(Student.name == "学生00"))
        assert child is not None
        child.birth_date = date(2014, 1, 1)  # twelve on the first day: gad7 is meant from twelve, phq9 from thirteen
        younger = db.session.scalar(select(Student).where(Student.name == "学生01"))
        assert younger is not None
        younger.birth_date = date(2015, 1, 1)
    term.opened()
    use_context(SYSTEM.context())
    asked = {one.student.name: one for one in term.all(ScreeningTask)}
    assert set(asked) == {"学生00", "学生02"}
    assert [one.code for one in answering.scales_of(asked["学生00"])] == ["gad7"]
    assert [one.code for one in answering.scales_of(asked["学生02"])] == ["phq9", "gad7"]

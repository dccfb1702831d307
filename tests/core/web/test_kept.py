"""`{% kept … %}`: a part is drawn once for its values and the language, and never for others."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale
from jinja2 import TemplateSyntaxError

from app.core.policy.actor import Actor
from app.core.web.kept import Parts
from app.core.web.navigation import menu


class Drawn:
    """Counts how often it was asked for its words."""

    def __init__(self) -> None:
        self.times = 0

    def __str__(self) -> str:
        self.times += 1
        return "<drawn>"


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    with app.test_request_context("/"):
        yield app


def test_a_part_is_drawn_once_for_the_same_values_and_escaped_as_any_other(context: Flask) -> None:
    page = context.jinja_env.from_string(
        "{% autoescape true %}{% kept a, b %}{{ word }}{% endkept %}{% endautoescape %}"
    )
    word = Drawn()
    assert [page.render(a=1, b=("x",), word=word) for _ in range(3)] == ["&lt;drawn&gt;"] * 3
    assert word.times == 1


def test_other_values_and_another_language_have_a_part_of_their_own(context: Flask) -> None:
    page = context.jinja_env.from_string("{% kept a %}{{ a }} {{ _('搜索') }}{% endkept %}")
    assert page.render(a=1) == "1 搜索"
    assert page.render(a=2) == "2 搜索"
    with force_locale("en"):
        assert page.render(a=1) == "1 Search"
    assert page.render(a=1) == "1 搜索"


def test_two_parts_of_one_page_with_the_same_value_are_not_mistaken_for_each_other(context: Flask) -> None:
    page = context.jinja_env.from_string("{% kept a %}one{% endkept %} {% kept a %}two{% endkept %}")
    assert page.render(a=1).split() == ["one", "two"]


def test_a_value_that_can_change_is_refused(context: Flask) -> None:
    page = context.jinja_env.from_string("{% kept a %}{{ a }}{% endkept %}")
    with pytest.raises(TypeError, match="unhashable"):
        page.render(a=[1])


def test_a_part_needs_its_values_named(context: Flask) -> None:
    with pytest.raises(TemplateSyntaxError):
        context.jinja_env.from_string("{% kept %}x{% endkept %}")


def test_what_was_not_asked_for_longest_goes_first() -> None:
    parts = Parts(most=2)
    asked: list[str] = []

    def ask(name: str) -> None:
        parts.get((name,), lambda: asked.append(name) or name)  # type: ignore[func-returns-value]

    for name in ("a", "b", "a", "c", "a", "b"):
        ask(name)
    assert asked == ["a", "b", "c", "b"]
    assert len(parts) == 2


def test_the_menu_of_one_role_is_not_shown_to_another(context: Flask) -> None:
    office, school = menu(Actor(role="office_director")), menu(Actor(role="principal"))
    assert office != school
    assert menu(Actor(role="office_director")) is office
    with force_locale("en"):
        assert menu(Actor(role="office_director"))[1].title != office[1].title

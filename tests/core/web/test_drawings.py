"""Drawings say what the numbers say, carry no inline style, and escape what people typed."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from app.core.web import drawings
from app.core.web.drawings import Node, Point, Scale
from app.core.web.icons import STATIC, asset, icon

BEFORE, AFTER = Point("2026年9月", 460.0, 447.2, 472.8, 64), Point("2027年5月", 486.0, 474.0, 498.0, 61)
CHAIN = [Node(f"第{n}格", (f"行{n}",), f"/x/{n}", "done") for n in range(7)] + [Node("销号", (), "", "next")] * 3


@dataclass(frozen=True)
class Standing:
    code: str
    side: bool = False
    final: bool = False


@dataclass(frozen=True)
class Held:
    standing: Standing


PATH = [Standing("issued"), Standing("accepted"), Standing("returned", side=True), Standing("closed", final=True)]


def looks(current: str, reached: str | None = None) -> list[str]:
    return [stop.look for stop in drawings.state_strip(PATH, current, reached=reached)]


def test_the_strip_shows_the_normal_path_only() -> None:
    assert [stop.state.code for stop in drawings.state_strip(PATH, "issued")] == ["issued", "accepted", "closed"]


def test_the_strip_marks_what_is_done_and_where_the_record_is() -> None:
    assert looks("accepted") == ["done", "now", "next"]


def test_a_closed_record_has_the_whole_strip_behind_it() -> None:
    assert looks("closed") == ["done", "done", "done"]


def test_in_a_side_state_the_strip_ends_at_what_was_reached() -> None:
    assert looks("returned", reached="accepted") == ["done", "done", "next"]
    assert looks("returned") == ["next", "next", "next"]


def test_a_record_that_ended_aside_has_no_step_ahead() -> None:
    refused = Standing("refused", side=True, final=True)
    stops = drawings.state_strip(PATH, "refused", {"refused": "11-25"}, reached="issued", ended=refused)
    assert [(stop.state.code, stop.look, stop.note) for stop in stops] == [
        ("issued", "done", ""), ("refused", "done", "11-25"),
    ]  # fmt: skip
    assert drawings.ended_aside(Held(refused)) is refused and drawings.ended_aside(Held(PATH[2])) is None
    assert drawings.ended_aside(Held(PATH[3])) is None, "the end of the path itself closes it"


@pytest.mark.parametrize(("value", "text"), [(-0.4, "−0.40"), (0.11, "+0.11"), (0.0, "0.00"), (-0.001, "0.00")])
def test_signed_numbers_have_a_true_minus_and_zero_has_no_sign(value: float, text: str) -> None:
    assert drawings.signed(value) == text


@pytest.mark.parametrize(("number", "shade"), [(0, "q-none"), (1, "q0"), (3, "q2"), (5, "q4"), (6, "q5")])
def test_the_shade_follows_the_share_of_the_largest_cell(number: int, shade: str) -> None:
    assert drawings.shade(number, 6) == shade


def test_the_only_full_cell_is_the_darkest_and_an_empty_matrix_has_no_shade() -> None:
    assert drawings.shade(1, 1) == "q5"
    assert drawings.shade(0, 0) == "q-none"


def every_drawing() -> list[Markup]:
    return [
        drawings.forest_row(-0.40, -0.65, -0.15, "problem", "效应量 −0.40"),
        drawings.forest_axis(),
        drawings.chain_ring(CHAIN, "证据链"),
        drawings.slope(BEFORE, AFTER, "由 460.0 升到 486.0", 480.0, "目标"),
        drawings.spark([3, 5, None, 8], "每月佐证", 3),
    ]


def test_every_drawing_is_well_formed_and_has_no_style_attribute() -> None:
    for drawing in every_drawing():
        ElementTree.fromstring(str(drawing))
        assert "style=" not in drawing
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b", drawing)


def test_the_interval_stands_left_of_zero_when_its_ends_do() -> None:
    row = str(drawings.forest_row(-0.40, -0.65, -0.15, "problem", "x"))
    zero = float(re.search(r'f-zero" x1="([\d.]+)"', row).group(1))  # type: ignore[union-attr]
    left, right = re.search(r'f-span" x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)"', row).groups()  # type: ignore[union-attr]
    assert float(left) < float(right) < zero


def test_an_interval_beyond_the_axis_ends_in_an_arrow() -> None:
    assert drawings.forest_row(-1.1, -1.7, -0.3, "problem", "x").count("f-out") == 1
    assert drawings.forest_row(0.1, -1.7, 0.9, "watch", "x").count("f-out") == 2
    assert drawings.forest_row(-0.4, -0.6, -0.2, "problem", "x").count("f-out") == 0


def test_a_strength_is_a_square_and_a_finding_a_dot() -> None:
    assert "<rect" in drawings.forest_row(0.3, 0.1, 0.5, "strength", "x")
    assert "<rect" not in drawings.forest_row(0.3, 0.1, 0.5, "watch", "x")


def test_a_scale_without_threshold_draws_no_threshold() -> None:
    row = drawings.forest_row(0.1, 0, 0.2, "watch", "x", Scale(-1, 1))
    assert "f-edge" not in row


def test_the_chain_closes_into_a_ring_and_links_what_has_an_original() -> None:
    ring = str(drawings.chain_ring(CHAIN, "证据链"))
    assert ring.count('class="c-line') == len(CHAIN)
    assert ring.count("<a ") == 7
    assert ring.count("c-line c-next") == 4  # three future nodes, and the way back to the first


def test_typed_words_cannot_become_markup() -> None:
    ring = drawings.chain_ring([Node("<b>x</b>", ('"><script>',), 'javascript:"', "done")] * 4, "<i>")
    assert "<script>" not in ring and "<b>" not in ring and "<i>" not in ring
    assert "<script>" not in drawings.slope(Point("<script>", 1, 0, 2), AFTER, "x")


def test_text_is_cut_where_the_box_ends_and_the_whole_stands_in_the_title() -> None:
    long = "民族中学附属初级中学（柳河校区）小学部"
    assert drawings.fit("数据格", 9) == "数据格"
    assert drawings.fit(long, 9) == "民族中学附属初级中…"
    assert f"<title>{long}" in drawings.chain_ring([Node(long)] * 4, "x")


def test_the_slope_rises_when_the_value_does_and_the_target_lies_between() -> None:
    drawn = str(drawings.slope(BEFORE, AFTER, "x", 480.0, "目标"))
    before, after = (float(y) for y in re.findall(r's-dot" cx="\d+" cy="([\d.]+)"', drawn))
    target = float(re.search(r's-target" x1="20" x2="\d+" y1="([\d.]+)"', drawn).group(1))  # type: ignore[union-attr]
    assert after < target < before
    assert "n=64" in drawn


def test_a_missing_month_leaves_its_place_empty() -> None:
    drawn = str(drawings.spark([3, None, 6], "x", 2))
    assert re.findall(r'x="(\d+)"', drawn) == ["0", "16"]
    assert drawn.count("b-now") == 1


def test_an_icon_is_silent_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in icon("check")
    assert 'aria-label="去掉"' in icon("x", "", "去掉")


def test_every_icon_that_is_listed_stands_in_the_sprite() -> None:
    sprite = (STATIC / "icons.svg").read_text("utf-8")
    listed = [line for line in (STATIC / "icons.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(listed) > 60
    assert [name for name in listed if f'id="{name}"' not in sprite] == []


def test_the_address_of_a_file_follows_its_content() -> None:
    assert re.fullmatch(r"/static/css/base\.css\?v=[0-9a-f]{10}", asset("css/base.css"))
    assert asset("css/base.css") != asset("css/shell.css")

"""Texts that a licensed bureau brings for a key, and the licence without which nobody can use them (domain §5.1, B13)."""

from __future__ import annotations

from typing import Any

import pytest

from app.care.screening.operations import scales
from app.care.screening.operations.scales import ScaleIn
from app.care.screening.scales.differences import differences
from app.care.screening.scales.shelf import written
from app.care.screening.scales.wording import worded
from app.core.database import db, use_context
from app.core.errors import StepRefused
from app.core.policy.actor import SYSTEM
from tests.care.screening.scales import STEP, Shelf, content, lines, refused, shelf_scale


def test_texts_of_a_key_change_words_and_nothing_else(shelf_of: Shelf) -> None:
    version, key = shelf_of.texts("phqa"), shelf_scale("phqa")
    changed = {change.place.rpartition(".")[2] for change in differences(key, version.definition)}
    assert changed == {"zh", "en"}
    assert version.is_worded and version.needs_licence and version.licence_holds
    assert not key.complete


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda items: items + "\n10\t多出来的一题", "第 10 行：没有“10”这个题"),
        (lambda items: items.replace("9\t示例句子9\tSample 9", ""), "还缺这些题的文字：9"),
        (lambda items: items.replace("示例句子3\tSample 3", ""), "第 3 行：题 3 没有文字"),
        (lambda items: items + "\n1\t又一遍", "题 1 写了两次"),
        (lambda items: items.replace("示例句子1", "长" * 501), "最多 500 个字"),
        (lambda items: "只有文字没有题号\n" + items, "第 1 行：没有“只有文字没有题号”这个题"),
    ],
)
def test_texts_for_an_unknown_item_or_with_one_missing_are_refused_by_the_line(
    shelf_of: Shelf, change: Any, told: str
) -> None:
    items, _options = lines(shelf_scale("phqa"))
    assert told in refused(lambda: shelf_of.texts("phqa", items=change(items)))


def test_texts_may_be_typed_with_a_space_or_a_stop_behind_the_number() -> None:
    key = shelf_scale("phqa")
    typed = "\n".join(
        f"{item.id}、句子 {item.id}" if item.id % 2 else f"{item.id} 句子 {item.id}" for item in key.items
    )
    assert worded(key, "1.0.1", typed, "0 无\n1 有\n2 多\n3 总是").items[8].zh == "句子 9"


def test_without_a_whole_licence_that_lasts_nobody_can_submit_it(shelf_of: Shelf) -> None:
    lead, key = shelf_of.cast.actor("psych_center_lead"), shelf_scale("phqa")
    worded_key = written(worded(key, "1.0.1", *lines(key)))
    version = shelf_of.draft(ScaleIn(worded_key.replace("ship_text: false", "ship_text: true"), "自称免费"))
    with pytest.raises(StepRefused) as missing:
        scales.submit(lead, version, STEP)
    assert "请登记授权" in str(missing.value)
    for wrong, told in ((shelf_of.licence(-1), "已经过了"), (shelf_of.licence(file=None), "授权文件")):
        use_context(SYSTEM.context())
        db.session.refresh(version)
        assert told in refused(lambda given=wrong: scales.license_scale(lead, version, given))  # type: ignore[misc]
    use_context(SYSTEM.context())
    db.session.refresh(version)
    scales.license_scale(lead, version, shelf_of.licence())
    scales.submit(lead, version, STEP)
    assert version.state == "under_review"


def test_a_key_without_texts_cannot_be_submitted(shelf_of: Shelf) -> None:
    version = shelf_of.draft(ScaleIn(content("phqa"), "没有文字", shelf_of.licence()))
    with pytest.raises(StepRefused) as missing:
        scales.submit(shelf_of.cast.actor("psych_center_lead"), version, STEP)
    assert "没有文字" in str(missing.value)

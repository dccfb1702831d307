"""Text is evened out, every change is named, and cleaning twice changes nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.imports.cleaning import judge_name, tidy_identifier, tidy_name, tidy_text


def said(cleaned):
    return [note.reason.code for note in cleaned[1]]


@pytest.mark.parametrize(
    ("typed", "clean", "codes"),
    [
        ("８５", "85", ["width"]),
        ("ＡＢＣ", "ABC", ["width"]),
        ("　王兰", "王兰", ["invisible"]),
        ("王兰\u00a0", "王兰", ["invisible"]),
        ("王\u200b兰", "王兰", ["invisible"]),
        ("\ufeff王兰", "王兰", ["invisible"]),
        ("清溪\n小学", "清溪 小学", ["invisible"]),
        (" 王兰 ", "王兰", ["trimmed"]),
        ("a  b", "a b", ["spaces"]),
        ("（３）班", "(3)班", ["width"]),
        ("清溪小学", "清溪小学", []),
        ("2010-03-07", "2010-03-07", []),
        ("", "", []),
    ],
)
def test_text_is_evened_out_and_each_change_named(typed, clean, codes):
    assert (tidy_text(typed)[0], said(tidy_text(typed))) == (clean, codes)


@pytest.mark.parametrize(
    ("typed", "clean", "codes"),
    [
        ("11010519491231002x", "11010519491231002X", ["upper"]),
        ("'330000201003070010", "330000201003070010", ["apostrophe"]),
        ("’330000201003070010", "330000201003070010", ["apostrophe"]),
        ('="330000201003070010"', "330000201003070010", ["excel_text"]),
        ("330000 20100307 0010", "330000201003070010", ["id_spaces"]),
        ("３３００００201003070010", "330000201003070010", ["width"]),
        ("g330000201003070010\t", "G330000201003070010", ["invisible", "upper"]),
        ("330000201003070010", "330000201003070010", []),
    ],
)
def test_identifiers_lose_what_surrounds_them_and_nothing_is_added(typed, clean, codes):
    assert (tidy_identifier(typed)[0], said(tidy_identifier(typed))) == (clean, codes)


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("王 兰", "王兰"),
        ("王　小 兰", "王小兰"),
        ("Anna Maria", "Anna Maria"),
        ("王 Anna", "王 Anna"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽 · 买买提", "阿依古丽·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("J. Smith", "J. Smith"),
        ("'王兰", "王兰"),
    ],
)
def test_spaces_within_names_go_only_between_chinese_characters(typed, clean):
    assert tidy_name(typed)[0] == clean


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+王", "@王", "-王", "王<b>", "王;李", "王/李"])
def test_names_that_are_formulas_or_hold_signs_are_blocked(name):
    (note,) = judge_name(name)
    assert note.level == "block"


@pytest.mark.parametrize(
    ("name", "code"), [("张伟1", "name_extra"), ("张伟(大)", "name_extra"), ("张\ue863", "private_use")]
)
def test_odd_but_lawful_names_are_kept_with_a_reminder(name, code):
    assert [note.reason.code for note in judge_name(name)] == [code]


@pytest.mark.parametrize("name", ["王兰", "阿依古丽·买买提", "O'Brien", "Anna-Maria", "㐆𠮷", "Zoë"])
def test_ordinary_names_pass_without_a_word(name):
    assert judge_name(name) == ()


anything = st.text(st.characters(exclude_categories=("Cs",)), max_size=40) | st.text(
    "0123456789xX'=\"’‘ 　\u00a0\u200b\n\tＡ３王兰·•.()（）", max_size=20
)


@given(anything)
def test_cleaning_text_twice_changes_nothing_more(text):
    once = tidy_text(text)[0]
    assert tidy_text(once) == (once, ())


@given(anything)
def test_cleaning_identifiers_twice_changes_nothing_more(text):
    once = tidy_identifier(text)[0]
    assert tidy_identifier(once) == (once, ())


@given(anything)
def test_cleaning_names_twice_changes_nothing_more(text):
    once = tidy_name(text)[0]
    assert tidy_name(once) == (once, ())


@given(anything)
def test_nothing_is_changed_without_saying_so(text):
    for clean in (tidy_text, tidy_identifier, tidy_name):
        tidy, notes = clean(text)
        assert bool(notes) == (tidy != text)

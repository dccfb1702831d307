"""Two versions of one table: what was added, which cells changed, what vanished."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.imports.kinds import RESULTS, STUDENTS
from app.core.imports.versions import Change, diff
from tests.core.imports.county import staged
from tests.factories.workbooks import id_number, result, results, roster, student


def rows(sheet):
    return [(row.key, row.values) for row in sheet.rows(["ok", "warned"])]


def test_the_final_version_2_is_compared_with_the_final_version_cell_by_cell():
    old = staged(roster(student(1), student(2), student(3)))
    new = staged(roster(student(3), student(1, 班级="4班", 年级="五年级"), student(4)))
    found = diff(STUDENTS, rows(old), rows(new))
    key = f"G{id_number(1)}"
    assert found.added == (f"G{id_number(4)}",)
    assert found.vanished == (f"G{id_number(2)}",)
    assert found.changed == (Change(key, "grade", "G6", "G5"), Change(key, "class_no", 3, 4))


def test_another_way_of_writing_the_same_is_no_change():
    old, new = (
        staged(roster(student(1))),
        staged(roster(student(1, 班级="（3）班", 出生日期="2013.3.7")), "csv gb18030"),
    )
    assert diff(STUDENTS, rows(old), rows(new)).is_empty


def test_a_value_that_is_now_missing_is_a_change():
    old = staged(results(result()), kind=RESULTS)
    new = staged(results(result(数值="缺考")), kind=RESULTS)
    changed = diff(RESULTS, rows(old), rows(new)).changed
    assert [(change.column, change.old, change.new) for change in changed] == [
        ("value", 482.0, None),
        ("missing", None, {"value": "absent"}),
    ]


tables = st.dictionaries(
    st.sampled_from("abcdef"), st.fixed_dictionaries({"name": st.sampled_from("甲乙"), "class_no": st.integers(1, 3)})
)


@given(tables, tables)
def test_the_old_version_with_the_differences_is_the_new_version(old, new):
    found = diff(STUDENTS, old.items(), new.items())
    rebuilt = {key: dict(row) for key, row in old.items() if key not in found.vanished}
    for change in found.changed:
        assert rebuilt[change.key][change.column] == change.old
        rebuilt[change.key][change.column] = change.new
    rebuilt.update({key: new[key] for key in found.added})
    assert rebuilt == new


@given(tables)
def test_a_version_does_not_differ_from_itself(table):
    assert diff(STUDENTS, table.items(), table.items()).is_empty

"""The rows that wait for acceptance are the rows that were checked, every value of them."""

import datetime as dt
from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from app.core.imports.directory import KnownStudent, Lookups, School
from app.core.imports.good_rows import GoodRows, digest_of
from app.core.imports.kinds import RESULTS
from tests.core.imports.county import staged
from tests.core.imports.test_invariants import clean_cells, some_students
from tests.factories.workbooks import result, results, roster


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some_students)
def test_rows_that_wait_sealed_come_back_as_they_were_checked(rows):
    sheet = staged(roster(*clean_cells(rows)))
    good = GoodRows.from_bytes(sheet.good().to_bytes())

    assert list(good.accepted(*sheet.kind.kept)) == list(sheet.accepted(*sheet.kind.kept))
    assert list(good.keys) == [row.key for row in sheet.rows(("ok", "warned"))]
    assert len(good) == sheet.counts.accepted


def test_the_digest_tells_a_value_a_missing_reason_and_the_order_apart():
    there, absent = result(数值="480"), result(指标代码="LOAD", 数值类型="指数", 方向="越低越好", 数值="缺考")
    other = result(指标代码="LOAD", 数值类型="指数", 方向="越低越好", 数值="/")
    sheets = [results(there, absent), results(absent, there), results(there, other), results(there)]
    digests = {digest_of(staged(sheet, kind=RESULTS).good().to_bytes()) for sheet in sheets}

    assert len(digests) == len(sheets)


def test_what_is_known_has_another_fingerprint_once_anything_of_it_changes():
    school = School("2133000001", "双桥小学", ("双桥",), frozenset({1, 2}))
    known = Lookups(dt.date(2026, 9, 1), [school], students={"G1": KnownStudent("王小兰", "2133000001")})
    others = [
        replace(known, as_of=dt.date(2026, 9, 2)),
        replace(known, schools=[replace(school, grades=frozenset({1, 3}))]),
        replace(known, students={"G1": KnownStudent("王小兰", "2133000001", "left")}),
        replace(known, classes=frozenset({("2133000001", "G1", 1)})),
    ]

    assert replace(known).fingerprint() == known.fingerprint()
    assert len({each.fingerprint() for each in (known, *others)}) == 5

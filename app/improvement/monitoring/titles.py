"""What a finding is called: which grade and indicator of a unit lies how far from what it is compared with, in one line."""

from __future__ import annotations

from typing import Any

from app.improvement.monitoring.words import BENCHMARKS, GRADES, SUBJECTS, word_of

LONGEST = 120


def title_of(row: Any) -> str:
    """四年级数学“数与运算”低于县均值 0.40 个标准差; a cell without a value or a benchmark is named only.

    row: grade, class_no, subject, indicator_name, value_type, value, benchmark_type, benchmark_value, sd, unit_word.
    """
    where = word_of(GRADES, row.grade).zh + (f"（{row.class_no}）班" if row.class_no else "")
    subject = word_of(SUBJECTS, row.subject).zh
    named = f"{where}{subject}“{row.indicator_name}”"
    return f"{named}{_distance(row)}"[:LONGEST]


def _distance(row: Any) -> str:
    if row.value is None or row.benchmark_value is None:
        return "没有可比的数值"
    gap = row.value - row.benchmark_value
    benchmark = word_of(BENCHMARKS, row.benchmark_type).zh
    if gap == 0:
        return f"与{benchmark}相同"
    side = "低于" if gap < 0 else "高于"
    return f"{side}{benchmark} {_amount(row, abs(gap))}"


def _amount(row: Any, gap: float) -> str:
    if row.value_type == "rate":
        return f"{gap * 100:.1f} 个百分点"
    if row.value_type == "mean" and row.sd:
        return f"{gap / row.sd:.2f} 个标准差"
    return f"{gap:.1f} {row.unit_word}"

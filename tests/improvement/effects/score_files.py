"""Files of pupils' scores as the tests of value added send them in."""

from typing import Any

import numpy as np

from app.core.imports.arrival import take_in
from app.core.imports.models import ImportBatch
from app.improvement.monitoring.models import MonitoringCycle
from tests.cast import Cast
from tests.factories.monitoring import act_as
from tests.factories.workbooks import as_xlsx, sent

HEADER = ["代号", "学校代码", "班级", "学科", "前测", "后测"]


def rows_of(cast: Cast, size: int = 30, seed: int = 4) -> list[list[Any]]:
    """A file of the six schools; the third does well."""
    random = np.random.default_rng(seed)
    rows = []
    for place, school in enumerate(cast.schools):
        for pupil in range(size):
            pre = round(float(random.normal(500, 100)), 1)
            post = round(150 + 0.7 * pre + (90 if place == 2 else 0) + float(random.normal(0, 50)), 1)
            rows.append([f"P{place:02d}{pupil:04d}", school.code, f"{1 + pupil % 2}班", "数学", pre, post])
    return rows


def send(cast: Cast, cycle: MonitoringCycle, rows: list[list[Any]], name: str = "成绩.xlsx") -> ImportBatch:
    member = act_as(cast.actor("assessment_member"))
    batch = take_in(member, "scores", cycle.ref, as_xlsx(sent([HEADER, *rows])), name, cast.actor("evaluator"))
    act_as(member)
    return batch

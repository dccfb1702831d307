"""Scenes that the tests of disclosure begin with: a statement led to any state by the persons who may."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.disclosure.models import PublicPage, ResultDisclosure, ShowcaseEntry
from app.improvement.disclosure.operations import disclosures, showcase
from app.improvement.disclosure.operations.disclosures import DisclosureIn, DisclosurePlace, DisclosureStep, Source
from app.improvement.effects.models import ClosureRequest
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Student
from tests.improvement.effects.scenes import EffectScene

TEXT = "全县八年级数学平均达到基准，计算题进步明显。\n下一步把分层作业做细，开学后公布各年级的安排。"
TOLD = {
    "title": "分层作业让计算题少失分",
    "scenario": "precision_teaching",
    "problem": "八年级数学计算题失分多，作业一刀切。",
    "practice": "每周一次分层作业，错因统计每月一次。",
    "result": "复测达到目标，学生错题订正更及时。",
}
REASON = "正文第二段把两轮监测混在一起了，改好再公开"


class DisclosureScene(EffectScene):
    """Leads a disclosure from its draft to its end."""

    def place(self, key: str) -> DisclosurePlace:
        who = self.cast[key]
        return DisclosurePlace(self.cast.county.id, who.unit.id, who.unit.school_id)

    def given(self, **changes: Any) -> DisclosureIn:
        today = clock.today()
        wanted: dict[str, Any] = {
            "title": "2026 年八年级数学监测结果说明",
            "statement": TEXT,
            "publish_on": today,
            "until_on": today + timedelta(days=90),
            "source": Source("statement"),
        }
        return DisclosureIn(**(wanted | changes))

    def prepared(self, by: str = "office_director", **changes: Any) -> ResultDisclosure:
        return disclosures.draft_disclosure(self.actor(by), self.place(by), self.given(**changes))

    def handed_in(self, by: str = "office_director", **changes: Any) -> ResultDisclosure:
        found = self.prepared(by, **changes)
        disclosures.submit_disclosure(self.actor(by), found, DisclosureStep())
        return found

    def let_out(
        self, by: str = "office_director", head: str = "leading_group_head", **changes: Any
    ) -> ResultDisclosure:
        found = self.handed_in(by, **changes)
        disclosures.approve_disclosure(self.actor(head), found, DisclosureStep())
        return found

    def pupil(self, name: str, key: str = "principal") -> str:
        """A pupil of this name on the roll of the school."""
        unit = self.cast[key].unit
        use_context(SYSTEM.context())
        with trail.act(SYSTEM, "system", "test.pupil"):
            db.session.add(
                Student(
                    county_id=unit.county_id, school_id=unit.id, student_no="G330326202601010", name=name, gender="1",
                    birth_date=date(2013, 5, 4), grade="G8", from_on=date(2026, 9, 1),
                )
            )  # fmt: skip
        return name

    def page_of(self, record: Any) -> PublicPage:
        found = db.session.query(PublicPage).filter_by(record_id=record.id).one()
        db.session.refresh(found)
        return found

    def closed_item(self, **given: Any) -> ProblemItem:
        """An item closed with its whole chain."""
        item = self.closure_approved(**given).item
        db.session.refresh(item)
        assert item.state == "closed" and not item.chain_gaps
        return item

    def told(self, item: ProblemItem | None = None, by: str = "school_coordinator", **changes: Any) -> ShowcaseEntry:
        """A draft of an example."""
        return showcase.draft_showcase(
            self.actor(by), item or self.closed_item(), showcase.ShowcaseIn(**(TOLD | changes))
        )

    def agreed(self, **given: Any) -> ShowcaseEntry:
        entry = self.told(**given)
        showcase.agree_to_showcase(self.actor("principal"), entry, DisclosureStep())
        return entry

    def shown(self, **given: Any) -> ShowcaseEntry:
        entry = self.agreed(**given)
        showcase.publish_showcase(self.actor("office_director"), entry, DisclosureStep())
        return entry

    def request_of(self, item: ProblemItem) -> ClosureRequest:
        return db.session.query(ClosureRequest).filter_by(item_id=item.id, state="closed").one()

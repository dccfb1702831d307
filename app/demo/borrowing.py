"""Schools work after examples of others, one gave it up again; a paper of the library is put out to everybody."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.core.database import db
from app.demo.fates import place_of
from app.demo.publishing import Desk
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.disclosure.models import LibraryDocument, PublicPage
from app.improvement.disclosure.operations import adoptions
from app.improvement.disclosure.operations.adoptions import AdoptionEnd, AdoptionIn, AdoptionPlace
from app.improvement.disclosure.operations.disclosures import Source

PAPER = "教育质量监测结果应用管理办法"
TOLD = (
    "监测结果怎样用、怎样整改、怎样公开，都按这份办法办。\n不按成绩给学校和学生排名；问题整改到位后，数据和现场都要核对。\n"
    "家长对学校的整改有意见，可以向县教育局反映。"
)
USES = (
    "八年级数学组先在两个班试分层作业，期中看错因表再定",
    "五、六年级数学单元小测后做错因表，备课组每周看一次",
    "教研组把每月看数据排进校历，先从数学开始",
)
GIVEN_UP = "本学期换了作业平台，错因统计要重排，下学期再用"


def tell(county: County, teller: Teller) -> None:
    """Three schools take up what is published, the last one gives it up; then the paper goes out."""
    today = teller.real.date()
    teller.at(today - timedelta(days=6), 10)
    pages = db.session.scalars(
        select(PublicPage)
        .where(PublicPage.kind == "showcase", PublicPage.ended_on.is_(None), PublicPage.county_id == county.id)
        .order_by(PublicPage.id)
    ).all()
    schools = [place_of(county, school) for school, _kind, _short in list(county.schools.values())[-len(USES) :]]
    for number, (school, use) in enumerate(zip(schools, USES, strict=True)):
        page = pages[number % len(pages)] if pages else None
        if page is None or page.unit_id == school.principal.unit_id:
            continue
        assert school.principal.unit_id is not None
        teller.at(today - timedelta(days=6 - number), 10 + number)
        place = AdoptionPlace(county.id, school.principal.unit_id, school.principal.school_id)
        taken = adoptions.adopt_example(school.principal, place, AdoptionIn(page, use))
        if number == len(USES) - 1:
            teller.later(days=2)
            adoptions.end_adoption(school.principal, taken, AdoptionEnd(GIVEN_UP))
    _paper_out(Desk(county, teller, today))


def _paper_out(desk: Desk) -> None:
    paper = db.session.scalars(select(LibraryDocument).where(LibraryDocument.title == PAPER)).first()
    if paper is None or not paper.is_for_everybody:
        return
    office, head = desk.county.any("office_director"), desk.county.any("leading_group_head")
    draft = desk.begin(office, 8, PAPER, TOLD, Source("document", paper.id))
    desk.let_out(head, desk.hand_in(office, draft))

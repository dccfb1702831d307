"""Suppliers of data: one with an agreement in force after an older one, one that ends in twenty days, one that has ended."""

from __future__ import annotations

from datetime import date, timedelta

from flask import current_app
from sqlalchemy import select

from app.core.database import db
from app.core.storage import Stored
from app.core.web.papers import WORD
from app.core.word import Paper
from app.demo.rounds import ROUNDS
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.suppliers.models import Supplier
from app.improvement.suppliers.operations import (
    AgreementIn,
    SupplierIn,
    SupplierPlace,
    add_agreement,
    add_supplier,
)

SUPPLIERS = (
    (SupplierIn("明测教育评价中心", "assessor", "各学科监测结果，区域、学校、年级、班级四级", "县级质量监测和问题清单"), ()),
    (SupplierIn("星河班班通运维平台", "platform", "班班通开机和使用月报，按学校", "设备与巡课发现"), ((345, -20),)),
    (SupplierIn("知行增值测算实验室", "research", "前后测成绩，只有自编代号", "增值评价"), ((420, 15),)),
)  # fmt: skip
"""Who, and agreements that began and end so many days ago; a minus lies ahead. The first brings the last round's file."""


def tell(county: County, teller: Teller) -> None:
    """The office registers them and puts each agreement in when it was signed."""
    office, today = county.any("office_director"), teller.real.date()
    responsible = county.any("evaluator").person_id
    assert responsible is not None
    place = SupplierPlace(county.id, county.units["BG"])
    for who, (about, terms) in enumerate(SUPPLIERS, 1):
        made = None
        for edition, (begun, ended) in enumerate(terms or _since((today - ROUNDS[-1].starts).days), 1):
            first, last = today - timedelta(days=begun), today - timedelta(days=ended)
            teller.at(first - timedelta(days=3), 10)
            made = add_supplier(office, place, about) if made is None else _again(made)
            number = f"清教保〔{first.year}〕{who}{edition}号"
            given = AgreementIn(number, first, last, responsible, _file(about.name, number, first, last))
            add_agreement(office, made, given)


def _since(days: int) -> tuple[tuple[int, int], ...]:
    """A year that is over, and the term in force, which began before the round did so many days ago."""
    return (days + 395, days + 31), (days + 30, -200)


def _again(made: Supplier) -> Supplier:
    return db.session.scalars(select(Supplier).where(Supplier.id == made.id)).one()


def _file(name: str, number: str, first: date, last: date) -> Stored:
    paper = Paper("数据保密协议", number=number)
    paper.paragraph(f"甲方：清澜县教育局　乙方：{name}")
    paper.paragraph("乙方只为约定的用途处理数据，不留存副本，不转给他人，期满销毁并书面确认。")
    paper.paragraph(f"自 {first} 起，至 {last} 止。")
    stored: Stored = current_app.extensions["bihuan.shelf"].keep(paper.content(), f"保密协议{number}.docx", WORD)
    return stored

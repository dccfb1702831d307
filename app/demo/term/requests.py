"""Requests of families about their data: a copy handed over, an erasure refused, a correction that waits, one taken back."""

from __future__ import annotations

from app.care.rights.models import RightsRequest
from app.care.rights.operations import requests, results
from app.care.rights.operations.requests import AnswerIn, Child, RequestIn, RequestStep
from app.core.database import use_context
from app.core.policy.actor import Actor
from app.demo.term.county import Term
from app.demo.term.family import Family

DONE = AnswerIn("已核对身份，副本由系统生成，请在手机上下载；层级和分数由心理教师当面说明")
NOT_YET = AnswerIn("学籍信息在校期间依法保留，毕业后按保存期限删除；测评的回答可以随时撤回同意来删除")


def tell(term: Term, families: list[Family]) -> None:
    """Four requests of three families, on the days before the last one."""
    first, second, third = families[:3]
    term.at(4, 20)
    copy, gone = _asked(first, "guardian1", "copy", ""), _asked(second, "guardian1", "delete", "请删除孩子的全部信息")
    term.at(3, 10)
    requests.answer_request(_officer(term), copy, DONE)
    results.complete_all()
    requests.refuse_request(_officer(term), gone, NOT_YET)
    term.at(1, 19)
    _asked(third, "guardian1", "correct", "父亲的手机号换了，请改成学校新登记的号码")
    back = _asked(first, "student", "explain", "想知道我的回答给谁看")
    holder = first.come("student")
    requests.take_back_request(holder.actor, back, RequestStep())


def _asked(family: Family, kind: str, wish: str, words: str) -> RightsRequest:
    holder = family.come(kind)
    return requests.ask_request(holder.actor, Child.of(holder.student), RequestIn(wish, words, holder.code))


def _officer(term: Term) -> Actor:
    officer: Actor = term.county.any("dpo")
    use_context(officer.context())
    return officer

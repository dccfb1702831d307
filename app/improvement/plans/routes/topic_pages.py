"""Training topics: the list with how often each was taken and by whom, one topic with its trainings, and bringing the list in."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.errors import ImportRefused, Invalid, NotFound, Sentence
from app.core.policy import decide
from app.core.spreadsheets import Head, write_workbook
from app.core.uploads import count_upload
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page
from app.improvement.plans.forms.topics import TopicsForm
from app.improvement.plans.operations import topics as operations
from app.improvement.plans.queries import topics as queries
from app.improvement.plans.routes.blueprint import topics as bp
from app.improvement.plans.topic_sheet import SHEET, TopicRow, read_topics, topics_book

NO_FILE = Sentence("请选择一个文件", "Choose a file")


def _chosen() -> tuple[filters.Filter, filters.Filter]:
    themes = dict.fromkeys(one.theme for one in queries.listed(current_actor()))
    return (
        filters.choice("theme", _("主题"), [(theme, theme) for theme in themes]),
        filters.choice("taken", _("开展情况"), [("yes", _("开展过")), ("no", _("还没开展"))]),
    )


@bp.get("")
@needs(queries.VIEW)
def index() -> Response:
    """The topics by theme, with how often each was taken and by which units."""
    actor, (theme, taken) = current_actor(), _chosen()
    rows = queries.topics(actor, theme.one, taken.one)
    groups = [(name, list(some)) for name, some in groupby(rows, key=lambda row: row[0].theme)]
    return page(
        "improvement/plans/topics.html", groups=groups, count=len(rows), listing=filters.bar([theme, taken]),
        may_manage=decide.holds(actor, queries.MANAGE),
    )  # fmt: skip


@bp.post("/export")
@needs(queries.VIEW)
def export() -> Response:
    """What is shown, as a workbook."""
    theme, taken = _chosen()
    heads = [
        Head(_("主题"), 28), Head(_("编号"), 10), Head(_("专题"), 44), Head(_("开展次数"), 10, "number"),
        Head(_("开展单位"), 44),
    ]  # fmt: skip
    rows = [
        (one.theme, one.number, one.title, len(held), _("、").join(dict.fromkeys(each.unit for each in held)))
        for one, held in queries.topics(current_actor(), theme.one, taken.one)
    ]
    return workbook_file(write_workbook(heads, rows, _("培训专题")), _("培训专题"))


@bp.get("/sheet.xlsx")
@needs(queries.MANAGE)
def sheet() -> Response:
    """The present list as a table that can be brought in again; the blank table while there is none."""
    return workbook_file(topics_book(queries.listed(current_actor())), SHEET)


@bp.get("/import")
@needs(queries.MANAGE)
def ask_import() -> Response:
    """Bring a list in."""
    return _form_page(TopicsForm(formdata=None))


@bp.post("/import")
@needs(queries.MANAGE)
def take_import() -> Any:
    """Check it and put it in the place of the list."""
    actor, form, taken = current_actor(), TopicsForm(), list[int]()
    if actor.county_id is None or actor.unit_id is None:
        raise NotFound("place")
    place = operations.TopicPlace(actor.county_id, actor.unit_id)
    if carried_out(form, lambda: taken.append(operations.take_topics(actor, place, operations.TopicsIn(_rows())))):
        return onward(url_for("training_topics.index"), _("已导入 %(n)s 个专题", n=taken[0]))
    return _form_page(form, 422)


def _rows() -> list[TopicRow]:
    sent = request.files.get("content")
    content = sent.read() if sent is not None else b""
    if sent is None or not content:
        raise Invalid("content", NO_FILE)
    count_upload(current_actor(), len(content))
    try:
        return read_topics(content, sent.filename or "")
    except ImportRefused as refused:
        raise Invalid("content", refused.sentences[0]) from None


def _form_page(form: TopicsForm, status: int = 200) -> Response:
    return page("improvement/plans/topics_import.html", status, form=form, back_url=url_for("training_topics.index"))


@bp.get("/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One topic with the trainings that were held on it."""
    actor = current_actor()
    found = queries.topic_for(actor, ref)
    return page(
        "improvement/plans/topic.html", topic=found, held=queries.trainings(actor, [found.id]),
        back_url=url_for("training_topics.index"),
    )  # fmt: skip

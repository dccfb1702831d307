"""Rule sets: versions, their worked cases, the dry run as a page with a drawing, and their steps."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.care.rainbow import words
from app.care.rainbow.forms import rule_sets as forms
from app.care.rainbow.models import RuleSetVersion, rules_for
from app.care.rainbow.operations import rule_sets as operations
from app.care.rainbow.queries import rule_sets as queries
from app.care.rainbow.routes.blueprint import bp
from app.care.rainbow.rule_set import FOLDER
from app.care.rainbow.trying import COLUMNS
from app.care.versions.routes import YAML, asks, where_experts_are_few
from app.core.database import db
from app.core.policy import decide
from app.core.storage.serving import headers_for
from app.core.web.answers import carried_out, onward
from app.core.web.asking import Asking
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way, notes_of, offers_of
from app.core.web.pages import page
from app.people.directory.models import Unit
from app.people.directory.words import grade_name

ASKING = Asking(
    asks(operations, "return_rules", lazy_gettext("从下一次计算起按这一版；原来的一版停用，已有的评定保留原版本。"),
         lazy_gettext("看过改动、用例和试算后再同意；还要另一名专家批准。")),
    "care/rainbow/rule_step.html", "support.ask_rule_step", "support.rule_step", where_experts_are_few,
)  # fmt: skip


@bp.get("/support/rules")
@needs(queries.VIEW)
def rules() -> Response:
    """Every version of the county, and which is in force."""
    actor = current_actor()
    assert actor.county_id is not None
    return page(
        "care/rainbow/rules.html", rows=queries.versions(actor), active=rules_for(actor.county_id),
        may_draft=decide.holds(actor, queries.DRAFT),
    )  # fmt: skip


@bp.get("/support/rules/in-force.yaml")
@needs(queries.VIEW)
def rules_in_force() -> Response:
    """The rule set in force as YAML: where a new version begins."""
    found = next((one for one in queries.versions(current_actor()) if one.state == "active"), None)
    content = found.content if found else (FOLDER / "rule_set_v1.yaml").read_text(encoding="utf-8")
    return Response(content, headers=headers_for(f"rule-set-{found.code if found else 'rainbow-1'}.yaml", YAML))


@bp.get("/support/rules/new")
@needs(queries.DRAFT)
def new_rules() -> Response:
    """Bring in a file."""
    return _form_page(forms.RulesForm(formdata=None), url_for("support.draft_rules"), url_for("support.rules"))


@bp.post("/support/rules")
@needs(queries.DRAFT)
def draft_rules() -> Any:
    """Check it and keep it as a draft; it is tried on the county by the next free worker."""
    actor, form = current_actor(), forms.RulesForm()
    place = db.session.get_one(Unit, actor.county_id)
    made: list[RuleSetVersion] = []
    if carried_out(form, lambda: made.append(operations.draft(actor, place, form.given()))):
        return onward(made[0].address, _("用例全部通过，已存为草稿；正在试算，稍后刷新看看"))
    return _form_page(form, url_for("support.draft_rules"), url_for("support.rules"), 422)


@bp.get("/support/rules/<ref>/replace")
@needs(queries.DRAFT)
def new_file(ref: str) -> Response:
    """Another file for a draft."""
    found = queries.version_for(current_actor(), ref)
    form = forms.RulesForm(formdata=None, version=found.version, note=found.note)
    return _form_page(form, url_for("support.replace_file", ref=ref), found.address)


@bp.post("/support/rules/<ref>/replace")
@needs(queries.DRAFT)
def replace_file(ref: str) -> Any:
    """Check it and put it in the place of the former one."""
    actor, form = current_actor(), forms.RulesForm()
    found = queries.version_for(actor, ref)
    if carried_out(form, lambda: operations.replace(actor, found, form.given())):
        return onward(found.address, _("用例全部通过；正在试算，稍后刷新看看"))
    return _form_page(form, url_for("support.replace_file", ref=ref), found.address, 422)


def _form_page(form: Any, action: str, back_url: str, status: int = 200) -> Response:
    return page("care/rainbow/rules_form.html", status, form=form, action=action, back_url=back_url)


GROUP_WORDS = {
    "was": lazy_gettext("现在的层级 → 新规则的层级"), "gender": lazy_gettext("按性别"), "grade": lazy_gettext("按年级"),
    "boarding": lazy_gettext("按住校"), "left_behind": lazy_gettext("按留守"),
}  # fmt: skip
ROW_WORDS = {
    "gender": {"1": lazy_gettext("男"), "2": lazy_gettext("女")},
    "boarding": {"true": lazy_gettext("住校"), "false": lazy_gettext("走读")},
    "left_behind": {
        "no": lazy_gettext("不是"), "none": lazy_gettext("不是"), "one": lazy_gettext("一方外出"), "both": lazy_gettext("双方外出"),
    },
}  # fmt: skip


def _level(code: str) -> str:
    return str(word(words.LEVELS[code]) if code in words.LEVELS else _("还没有"))


def _row(by: str, code: str) -> str:
    if code == "*":
        return str(_("人数少的合在一起"))
    if by == "was":
        return _level(code)
    if by == "grade":
        return str(word(grade_name(code)))
    return str(ROW_WORDS.get(by, {}).get(code, code))


def _in_order(rows: dict[str, Any]) -> list[tuple[str, Any]]:
    """Levels from everyday support upward, grades by number, what was put together last: a kept document has no order."""
    place = {code: number for number, code in enumerate(COLUMNS)}
    return sorted(rows.items(), key=lambda row: (row[0] == "*", place.get(row[0], 0), len(row[0]), row[0]))


@bp.get("/support/rules/<ref>")
@needs(queries.VIEW)
def rule_set(ref: str) -> Response:
    """One version: its numbers, worked cases, dry run, and what may be done."""
    actor = current_actor()
    found = queries.version_for(actor, ref)
    ways = ASKING.ways(found)
    ways["replace"] = Way(url_for("support.new_file", ref=ref), "upload", quiet=True)
    return page(
        "care/rainbow/rule_set.html", one=found, notes=notes_of(found), offers=offers_of(actor, found, ways),
        trial=found.trial, columns=[_level(code) for code in COLUMNS], group_words=GROUP_WORDS, row_word=_row, in_order=_in_order,
        chart_url=url_for("support.rule_set_chart", ref=ref), file_url=url_for("support.rule_file", ref=ref),
    )  # fmt: skip


@bp.get("/support/rules/<ref>/file.yaml")
@needs(queries.VIEW)
def rule_file(ref: str) -> Response:
    """The YAML as it was brought in."""
    found = queries.version_for(current_actor(), ref)
    return Response(found.content, headers=headers_for(f"rule-set-{found.code}.yaml", YAML))


@bp.get("/support/rules/<ref>/chart.json")
@needs(queries.VIEW)
def rule_set_chart(ref: str) -> Any:
    """Of each level in force, where the new rules would put its students; what is held back is left out."""
    found = queries.version_for(current_actor(), ref)
    table = ((found.trial or {}).get("tables") or {}).get("was") or {"rows": {}, "groups": []}
    rows = [(code, line["cells"]) for code, line in _in_order(table["rows"])]
    colours = ("q1", "q2", "q3", "q4", "late")
    return {
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": [_row("was", code) for code, _cells in rows]},
        "series": [
            {
                "type": "bar", "stack": "n", "color": colours[group[-1]],
                "name": " + ".join(_level(COLUMNS[column]) for column in group),
                "data": [cells[place] if isinstance(cells[place], int) else 0 for _code, cells in rows],
            }
            for place, group in enumerate(table["groups"])
        ],
    }  # fmt: skip


@bp.get("/support/rules/<ref>/steps/<name>")
@needs(*queries.STEPS)
def ask_rule_step(ref: str, name: str) -> Response:
    """Ask before it is done."""
    return ASKING.ask(queries.version_for(current_actor(), ref), name)


@bp.post("/support/rules/<ref>/steps/<name>")
@needs(*queries.STEPS)
def rule_step(ref: str, name: str) -> Any:
    """Take the step, or ask again with what was wrong."""
    return ASKING.take(queries.version_for(current_actor(), ref), name)

"""The form of a piece of evidence: files or a link, its own date, what changed, and the privacy tick."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from app.core import clock
from app.core.storage import Stored
from app.core.storage.id_numbers import count_in
from app.improvement.plans.forms import options
from app.improvement.plans.models import Evidence
from app.improvement.plans.operations.evidence import EvidenceIn
from app.improvement.plans.words import EVIDENCE_KINDS

LINK = re.compile(r"https?://[^\s]+")
KIND_OF_MEDIA = {"image/jpeg": "photo", "image/png": "photo", "text/csv": "data_file"}


def no_identity_number(form: Any, field: Any) -> None:
    """18-digit numbers of persons do not belong into words about evidence."""
    if count_in(str(field.data or "")):
        name = gettext("说明") if field.name == "description" else field.label.text
        raise ValidationError(gettext("%(field)s里有 18 位证件号，请删去", field=name))


class EvidenceForm(FlaskForm):
    """One or several files about one thing, or a link; each file becomes a piece of evidence of its own."""

    version = IntegerField(widget=HiddenInput())
    criterion = RadioField(_("对应哪条标准"), [Optional()])
    files = MultipleFileField(_("文件"))
    link = StringField(
        _("没有文件时填链接"),
        [Optional(), Length(max=500, message=_("链接最多 500 个字符"))],
        description=_("以 http:// 或 https:// 开头"),
    )
    kind = SelectField(_("类型"), [Optional()])
    happened_on = DateField(
        _("在哪一天"), [InputRequired(_("请写在哪一天"))], description=_("材料里的事发生在哪一天，不是上传的日期")
    )
    description = TextAreaField(
        _("这份材料说明了什么变化"),
        [
            InputRequired(_("请写这份材料说明了什么变化")),
            Length(max=2000, message=_("最多 2000 个字")),
            no_identity_number,
        ],
        description=_("写变化，不写活动。例：进位加法错误率由 31% 降到 18%"),
    )
    place = StringField(
        _("地点"), [InputRequired(_("请写地点")), Length(max=60, message=_("最多 60 个字")), no_identity_number]
    )
    person = StringField(
        _("负责人"),
        [InputRequired(_("请写谁对这份材料负责")), Length(max=30, message=_("最多 30 个字")), no_identity_number],
    )
    title = StringField(
        _("名称"),
        [Optional(), Length(max=80, message=_("最多 80 个字")), no_identity_number],
        description=_("不填就用文件名"),
    )
    privacy_checked = BooleanField(
        _("照片和表格里没有学生正脸、全名，或已取得家长同意"),
        [InputRequired(_("请确认照片里没有学生正脸和全名"))],
    )

    def offer(self, criteria: list[tuple[uuid.UUID, str, str]]) -> None:
        """The criteria of the measure with how full they are, and the kinds."""
        rows = [SelectChoice(str(identity), f"{text}（{room}）") for identity, text, room in criteria]
        self.criterion.choices = rows
        self.criterion.flags.required = bool(rows)
        self.files.flags.required = True
        self.kind.choices = [SelectChoice("", gettext("按文件判断")), *options(EVIDENCE_KINDS)]

    def validate_happened_on(self, field: Any) -> None:
        """Evidence is of something that was."""
        if field.data is not None and field.data > clock.today():
            raise ValidationError(gettext("佐证日期不能晚于今天"))

    def validate_link(self, field: Any) -> None:
        """An address that a browser opens."""
        if field.data and not LINK.fullmatch(field.data.strip()):
            raise ValidationError(gettext("链接以 http:// 或 https:// 开头，中间没有空格"))

    def validate_criterion(self, field: Any) -> None:
        """Where the measure asks for something, the piece says for what."""
        if field.choices and not field.data:
            raise ValidationError(gettext("请选择对应哪条标准"))

    def pieces(self, files: list[Stored]) -> list[EvidenceIn]:
        """One value for each file, or one for the link, or one without content."""
        common = EvidenceIn(
            kind=self.kind.data or "document",
            title=(self.title.data or "").strip(),
            description=self.description.data or "",
            happened_on=self.happened_on.data,
            place=self.place.data or "",
            person=self.person.data or "",
            privacy_checked=bool(self.privacy_checked.data),
            criterion_id=uuid.UUID(self.criterion.data) if self.criterion.data else None,
            version=self.version.data,
        )
        if not files:
            link = (self.link.data or "").strip()
            named = common.title or (self.description.data or "")[:20].strip()
            return [replace(common, title=named, link=link or None, kind="link" if link else common.kind)]
        return [
            replace(
                common,
                file=file,
                title=self._title(common.title, file, number, len(files)),
                kind=self.kind.data or kind_of(file),
            )
            for number, file in enumerate(files, 1)
        ]

    @staticmethod
    def _title(typed: str, file: Stored, number: int, of: int) -> str:
        if not typed:
            return PurePosixPath(file.name).stem[:80]
        return f"{typed[:72]}（{number}/{of}）" if of > 1 else typed


def kind_of(file: Stored) -> str:
    """What a file most likely is."""
    if "sheet" in file.media_type:
        return "data_file"
    return KIND_OF_MEDIA.get(file.media_type, "document")


def start_of(evidence: Evidence) -> dict[str, Any]:
    """What the form shows of a piece of evidence."""
    link = evidence.latest.link if evidence.latest else None
    return {
        "version": evidence.version,
        "criterion": str(evidence.criterion_id or ""),
        "kind": evidence.kind,
        "happened_on": evidence.happened_on,
        "description": evidence.description,
        "place": evidence.place,
        "person": evidence.person,
        "title": evidence.title,
        "privacy_checked": evidence.privacy_checked,
        "link": link,
    }


class UseForm(FlaskForm):
    """Showing accepted evidence again: which one, and for which criterion."""

    evidence = RadioField(_("选择一份已采信的佐证"), [InputRequired(_("请选择一份佐证"))])
    criterion = RadioField(_("对应哪条标准"), [Optional()])

    def offer(self, found: list[Evidence], criteria: list[tuple[uuid.UUID, str, str]]) -> None:
        """The unit's accepted evidence and the criteria of the measure."""
        self.evidence.choices = [SelectChoice(str(one.id), one.title) for one in found]
        self.criterion.choices = [SelectChoice(str(i), f"{text}（{room}）") for i, text, room in criteria]

    def validate_criterion(self, field: Any) -> None:
        """Where the measure asks for something, the piece says for what."""
        if field.choices and not field.data:
            raise ValidationError(gettext("请选择对应哪条标准"))

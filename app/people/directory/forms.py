"""The forms of the directory: shape only; what they hold goes on as frozen values."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import Email, InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from app.core.errors import Invalid
from app.core.web.forms import Sent, VersionedForm
from app.core.web.pages import say
from app.people.directory.operations import (
    AliasIn,
    ClassroomsIn,
    CloseIn,
    EnrolmentAgain,
    EnrolmentEnd,
    LeaveIn,
    PersonIn,
    UnitIn,
)
from app.people.directory.words import ADDRESSEES, DUTIES, SCHOOL_TYPES, SUBJECTS, UNIT_KINDS

DATE = _("日期请写成 2026-11-25")


def refuse(form: FlaskForm, invalid: Invalid) -> None:
    """Put the sentences of a refused operation at the fields they belong to; others above the form."""
    for name, sentence in invalid.sentences.items():
        field = form._fields.get(name)
        if field is None:
            form.form_errors.append(say(sentence))
        else:
            field.errors = [*field.errors, say(sentence)]


class Reasoned(FlaskForm):
    """A version against stale pages, and a reason."""

    version = IntegerField(validators=[Optional()], widget=HiddenInput())
    reason = TextAreaField(_("原因"), [InputRequired(_("请写明原因")), Length(max=500)])


class UnitForm(FlaskForm):
    """A unit, new or changed."""

    version = IntegerField(validators=[Optional()], widget=HiddenInput())
    kind = SelectField(_("类型"), [InputRequired(_("请选择单位类型"))])
    code = StringField(
        _("编码"),
        [
            InputRequired(_("请填写编码")),
            Regexp(r"[0-9A-Za-z-]{2,20}$", message=_("编码用 2 至 20 位数字、字母或短横")),
        ],
        description=_("学校写 10 位学校代码；其他单位本县内不重复即可"),
    )
    name = StringField(_("全称"), [InputRequired(_("请填写全称")), Length(max=60, message=_("全称最多 60 个字"))])
    short_name = StringField(
        _("简称"), [Optional(), Length(max=30, message=_("简称最多 30 个字"))], description=_("列表里用；空着就用全称")
    )
    school_type = SelectField(_("学校类别"), [Optional()])
    addressee = SelectField(
        _("收文类型"),
        [Optional()],
        description=_("清单和公文按类型一次发给同类单位；学区和科室不用选"),
    )
    address = StringField(_("地址"), [Optional(), Length(max=120)])
    from_on = DateField(_("从哪一天起"), [Optional()])

    def offer(self, kinds: tuple[str, ...]) -> UnitForm:
        """The choices of kind and type in the language of the page."""
        self.kind.choices = [SelectChoice(kind, say(UNIT_KINDS[kind])) for kind in kinds]
        types = [SelectChoice(code, say(words)) for code, words in SCHOOL_TYPES.items()]
        self.school_type.choices = [SelectChoice("", ""), *types]
        sent_as = [SelectChoice(code, say(words)) for code, words in ADDRESSEES.items()]
        self.addressee.choices = [SelectChoice("", ""), *sent_as]
        return self

    def given(self) -> UnitIn:
        """What was filled in."""
        return UnitIn(
            kind=self.kind.data,
            code=self.code.data.strip(),
            name=self.name.data.strip(),
            short_name=(self.short_name.data or "").strip(),
            school_type=self.school_type.data or None,
            addressee=self.addressee.data or None,
            address=(self.address.data or "").strip() or None,
            from_on=self.from_on.data,
            version=self.version.data,
        )


class UnitsForm(FlaskForm):
    """A table of units."""

    content = FileField(
        _("机构表（xlsx 或 csv）"),
        [Sent()],
        description=_("先下载现在的机构表，改好再传；编码对得上的改资料，对不上的开办"),
    )


class CloseForm(Reasoned):
    """When a unit closes, and why."""

    to_on = DateField(_("到哪一天为止"), [InputRequired(_("请写到哪一天为止"))])

    def given(self) -> CloseIn:
        """What was filled in."""
        return CloseIn(self.to_on.data, self.reason.data, self.version.data)


class ClassroomsForm(FlaskForm):
    """The networks of a school's classrooms."""

    version = IntegerField(validators=[Optional()], widget=HiddenInput())
    networks = StringField(
        _("教室网段"),
        [Optional(), Length(max=200)],
        description=_("写成 10.20.30.0/24 这样，几个网段用空格隔开；空着就是没有。请问学校的网络管理员"),
    )

    def given(self) -> ClassroomsIn:
        """What was filled in."""
        return ClassroomsIn(self.networks.data or "", self.version.data)


class AliasForm(FlaskForm):
    """Another name of a unit."""

    alias = StringField(_("别的叫法"), [InputRequired(_("请填写一个叫法")), Length(max=60)])

    def given(self) -> AliasIn:
        """What was filled in."""
        return AliasIn(self.alias.data.strip())


class PersonForm(FlaskForm):
    """A member of staff, new or changed."""

    version = IntegerField(validators=[Optional()], widget=HiddenInput())
    staff_no = StringField(
        _("工号"),
        [
            InputRequired(_("请填写工号")),
            Regexp(r"[0-9A-Za-z-]{2,20}$", message=_("工号用 2 至 20 位数字、字母或短横")),
        ],
    )
    name = StringField(_("姓名"), [InputRequired(_("请填写姓名")), Length(max=30, message=_("姓名最多 30 个字"))])
    phone = StringField(
        _("手机号"),
        [Optional(), Regexp(r"1\d{10}$|[-—]$", message=_("手机号应为 11 位、以 1 开头；去掉号码写一个短横"))],
        description=_("加密保存，任何页面都不显示；空着表示不改"),
    )
    email = StringField(_("邮箱"), [Optional(), Email(_("邮箱写法不对")), Length(max=120)])
    qualification_type = StringField(_("资格证"), [Optional(), Length(max=40)])
    qualification_expiry = DateField(_("资格到期"), [Optional()])

    def given(self) -> PersonIn:
        """What was filled in."""
        return PersonIn(
            staff_no=self.staff_no.data.strip(),
            name=self.name.data.strip(),
            email=(self.email.data or "").strip() or None,
            phone=(self.phone.data or "").strip() or None,
            qualification_type=(self.qualification_type.data or "").strip() or None,
            qualification_expiry=self.qualification_expiry.data,
            version=self.version.data,
        )


class LeaveForm(Reasoned):
    """When a member of staff leaves, and why."""

    left_on = DateField(_("最后在任的一天"), [InputRequired(_("请写最后在任的一天"))])

    def given(self) -> LeaveIn:
        """What was filled in."""
        return LeaveIn(self.left_on.data, self.reason.data, self.version.data)


class HandOverForm(Reasoned):
    """To whom everything in hand goes."""

    successor = SelectField(_("移交给"), [InputRequired(_("请选择接手的人"))])
    duties = BooleanField(_("班级也一起移交"))

    def offer(self, people: list[Any]) -> HandOverForm:
        """Who could take over."""
        self.successor.choices = [SelectChoice("", _("请选择"))] + [
            SelectChoice(person.ref, f"{person.name}（{person.staff_no}）") for person in people
        ]
        return self


class RoleForm(FlaskForm):
    """A wish for a role."""

    person = SelectField(_("谁"), [InputRequired(_("请选择一个人"))])
    role = SelectField(_("岗位"), [InputRequired(_("请选择岗位"))])
    subjects = SelectMultipleField(_("学科"), [Optional()], description=_("教研员、任课教师要写"))
    from_on = DateField(_("从哪一天起"), [InputRequired(_("请写从哪一天起"))])
    to_on = DateField(_("到哪一天为止"), [Optional()], description=_("不写就是长期"))
    note = StringField(_("说明"), [Optional(), Length(max=200, message=_("最多 200 个字"))])

    def offer(self, people: list[Any], roles: list[tuple[str, str]], today: date) -> RoleForm:
        """Persons, roles and subjects in the language of the page."""
        self.person.choices = [SelectChoice("", _("请选择"))] + [
            SelectChoice(person.ref, f"{person.name}（{person.staff_no}）") for person in people
        ]
        self.role.choices = [SelectChoice("", _("请选择"))] + [SelectChoice(code, words) for code, words in roles]
        self.subjects.choices = [SelectChoice(code, say(words)) for code, words in SUBJECTS.items()]
        if self.from_on.data is None and not self.from_on.raw_data:
            self.from_on.data = today
        return self


class StandInForm(FlaskForm):
    """Which member of the leading group takes what nobody in the office may."""

    person = SelectField(_("谁"), [InputRequired(_("请选择一个人"))])
    to_on = DateField(_("到哪一天为止"), [InputRequired(DATE)])

    def offer(self, people: list[Any]) -> StandInForm:
        """The members."""
        self.person.choices = [SelectChoice("", _("请选择"))] + [
            SelectChoice(person.ref, person.name) for person in people
        ]
        return self


class EnrolmentEndForm(Reasoned):
    """When a child leaves the roll, and why."""

    left_on = DateField(_("从哪一天起不在校"), [InputRequired(_("请写从哪一天起"))])

    def given(self) -> EnrolmentEnd:
        """What was filled in."""
        return EnrolmentEnd(self.left_on.data, self.reason.data, self.version.data)


class EnrolmentAgainForm(Reasoned):
    """When a child comes back to the roll, into which class, and why."""

    back_on = DateField(_("从哪一天起回校"), [InputRequired(_("请写从哪一天起"))])
    class_id = SelectField(_("班级"), [InputRequired(_("请选择班级"))])
    reason = TextAreaField(_("重新在籍的原因"), [InputRequired(_("请写明原因")), Length(max=500)])

    def offer(self, groups: list[Any]) -> EnrolmentAgainForm:
        """The classes of the school in the running year."""
        self.class_id.choices = [SelectChoice("", _("请选择"))] + [
            SelectChoice(group.ref, group.name) for group in groups
        ]
        return self

    def given(self, groups: list[Any]) -> EnrolmentAgain:
        """What was filled in."""
        chosen = next((group.id for group in groups if group.ref == self.class_id.data), None)
        return EnrolmentAgain(self.back_on.data, chosen, self.reason.data, self.version.data)


class DutyForm(FlaskForm):
    """Who teaches or leads a class."""

    person = SelectField(_("谁"), [InputRequired(_("请选择一个人"))])
    duty = SelectField(_("职责"), [InputRequired(_("请选择职责"))])
    subject = SelectField(_("学科"), [Optional()], description=_("任课教师要选"))
    from_on = DateField(_("从哪一天起"), [InputRequired(_("请写从哪一天起"))])

    def offer(self, people: list[Any], today: date) -> DutyForm:
        """Persons, duties and subjects in the language of the page."""
        self.person.choices = [SelectChoice("", _("请选择"))] + [
            SelectChoice(person.ref, f"{person.name}（{person.staff_no}）") for person in people
        ]
        self.duty.choices = [SelectChoice(code, say(words)) for code, words in DUTIES.items()]
        subjects = [SelectChoice(code, say(words)) for code, words in SUBJECTS.items()]
        self.subject.choices = [SelectChoice("", ""), *subjects]
        if self.from_on.data is None and not self.from_on.raw_data:
            self.from_on.data = today
        return self


class DutyEndForm(FlaskForm):
    """When a duty ends."""

    to_on = DateField(_("最后一天"), [InputRequired(_("请写最后一天"))])


class SchoolsForm(VersionedForm):
    """The schools that somebody answers for."""

    schools = SelectMultipleField(
        _("责任学校"),
        [Optional()],
        description=_("从今天起；去掉的学校从今天起就看不到"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, schools: list[Any]) -> SchoolsForm:
        """The county's schools."""
        self.schools.choices = [SelectChoice(school.ref, school.short_name) for school in schools]
        return self

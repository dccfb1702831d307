"""The forms of sign-in, of one's own account and of the administrators: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput


class SignInForm(FlaskForm):
    """First step."""

    name = StringField(_("账号"), [InputRequired(_("请输入账号")), Length(max=80, message=_("账号没有这么长"))])
    password = PasswordField(_("密码"), [InputRequired(_("请输入密码"))])


class CodeForm(FlaskForm):
    """Second step: a code of the phone. Spaces and full-width digits are taken as they come."""

    code = StringField(
        _("验证码"), [InputRequired(_("请输入 6 位验证码")), Length(max=40, message=_("验证码是 6 位数字"))]
    )


class RecoveryForm(FlaskForm):
    """Second step without the phone."""

    code = StringField(
        _("备用码"), [InputRequired(_("请输入一个备用码")), Length(max=60, message=_("备用码没有这么长"))]
    )


class ForgottenForm(FlaskForm):
    """Whose password is to be set anew."""

    name = StringField(_("账号"), [InputRequired(_("请输入账号")), Length(max=80, message=_("账号没有这么长"))])


class NewPasswordForm(FlaskForm):
    """The code of the administrator, and the new password twice."""

    code = StringField(_("管理员给的一次性码"), [InputRequired(_("请输入管理员给的一次性码")), Length(max=60)])
    new_password = PasswordField(_("新密码"), [InputRequired(_("请输入新密码"))])
    again = PasswordField(_("再输一遍新密码"), [InputRequired(_("请把新密码再输一遍"))])


class ChangePasswordForm(FlaskForm):
    """The present password, a fresh code, and the new password twice."""

    password = PasswordField(_("现在的密码"), [InputRequired(_("请输入现在的密码"))])
    new_password = PasswordField(_("新密码"), [InputRequired(_("请输入新密码"))])
    again = PasswordField(_("再输一遍新密码"), [InputRequired(_("请把新密码再输一遍"))])
    code = StringField(_("验证码"), [InputRequired(_("请输入 6 位验证码")), Length(max=40)])


class ChangeFactorForm(FlaskForm):
    """The code of the new phone; `offered` is the new secret, sealed for this account."""

    offered = HiddenField()
    code = StringField(_("新手机上的验证码"), [InputRequired(_("请输入 6 位验证码")), Length(max=40)])


class NewAccountForm(FlaskForm):
    """The name of an account to be opened."""

    name = StringField(_("账号"), [InputRequired(_("请填写账号")), Length(max=40, message=_("账号最多 40 个字符"))])


class ReasonForm(FlaskForm):
    """A reason, and the version of the page that asked for it."""

    reason = TextAreaField(_("理由"), [Length(max=2000, message=_("理由最多 2000 个字"))])
    version = IntegerField(widget=HiddenInput())


class EndRoleForm(ReasonForm):
    """A reason, and the last day of the role."""

    last_day = DateField(_("最后一天"), [Optional()], description=_("留空就是立即结束"))


class WorkdaysForm(FlaskForm):
    """Days, and whether they are worked."""

    first = DateField(_("第一天"), [InputRequired(_("请填第一天"))])
    last = DateField(_("最后一天"), [Optional()], description=_("只有一天就留空"))
    kind = SelectField(
        _("这些天"),
        [InputRequired(_("请选择"))],
        choices=[
            SelectChoice("free", _("放假")),
            SelectChoice("worked", _("上班（补班）")),
            SelectChoice("published", _("取消登记，照公布的日历")),
        ],
    )


class ReleaseForm(FlaskForm):
    """The number that the person reads aloud."""

    number = StringField(_("申请号"), [InputRequired(_("请输入对方念的 6 位申请号")), Length(max=20)])

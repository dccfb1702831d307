"""The forms of sign-in, of one's own account and of the administrators: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):
    """First step."""

    name = StringField(_("账号"), [InputRequired(_("请输入账号")), Length(max=80, message=_("账号没有这么长"))])
    password = PasswordField(_("密码"), [InputRequired(_("请输入密码"))])


class CodeForm(FlaskForm):
    """Second step: a code of the phone. Spaces and full-width digits are taken as they come."""

    code = StringField(_("验证码"), [InputRequired(_("请输入 6 位验证码")), Length(max=40, message=_("验证码是 6 位数字"))])


class RecoveryForm(FlaskForm):
    """Second step without the phone."""

    code = StringField(_("备用码"), [InputRequired(_("请输入一个备用码")), Length(max=60, message=_("备用码没有这么长"))])

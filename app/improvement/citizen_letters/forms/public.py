"""What a citizen fills in: the letter, the code, the rating. Labels and limits; nothing depends on a script."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from app.core.web.chips import word
from app.core.web.forms import VersionedForm, at_most, wanted
from app.improvement.citizen_letters.operations.sending import (
    LONGEST,
    LONGEST_CONTACT,
    LONGEST_REMARK,
    LetterIn,
    RatingIn,
)
from app.improvement.citizen_letters.words import RATINGS, TOPICS

PHONE = re.compile(r"\+?[0-9][0-9 -]{6,18}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class LetterForm(FlaskForm):
    """The letter: short, and without a name."""

    topic = RadioField(_("说哪方面的事"), validators=[wanted(_("请选一项"))])
    text = TextAreaField(
        _("情况"),
        [wanted(_("请写清楚情况")), at_most(LONGEST)],
        description=_("什么时候、在哪里、发生了什么，最多 2000 字。不用写自己的名字，也不要写孩子的名字和身份证号"),
    )
    is_urgent = BooleanField(
        _("孩子现在有危险"), description=_("勾选后办公室马上收到提醒。正在发生的危险请先打 110，不要只写信")
    )
    contact = StringField(
        _("手机号或邮箱"),
        [Optional(), Length(max=LONGEST_CONTACT)],
        description=_("只有办理这封信的人看得到，办结一段时间后删除。不填也能用回执码查答复"),
    )
    website = StringField(_("网址（请不要填写）"), [Length(max=200)])
    """Programs fill it in; people do not see it."""
    sending = HiddenField()

    def offer(self) -> None:
        """Put the topics into the list and a mark of chance into a new form."""
        self.topic.choices = [SelectChoice(code, word(said)) for code, said in TOPICS.items()]
        self.sending.data = self.sending.data or secrets.token_hex(16)

    def validate_contact(self, field: Any) -> None:
        """A telephone number or an address, as the one who answers can use it."""
        typed = (field.data or "").strip()
        if typed and not (PHONE.fullmatch(typed) or EMAIL.fullmatch(typed)):
            raise ValidationError(str(_("请填一个手机号、电话号码或邮箱")))

    def validate_website(self, field: Any) -> None:
        """Empty for whoever sees the page."""
        if field.data:
            raise ValidationError(str(_("“网址”一栏请留空，再提交一次")))

    def given(self) -> LetterIn:
        """What the operation takes."""
        return LetterIn(
            self.topic.data or "", self.text.data or "", (self.contact.data or "").strip(), self.sending.data or ""
        )


class FollowForm(FlaskForm):
    """The code of the receipt."""

    code = StringField(
        _("回执码"),
        [wanted(_("请填回执码")), Length(max=60)],
        description=_("16 位字母和数字，大小写都可以"),
    )


class RatingForm(VersionedForm):
    """好差评: good, fair or bad, with a word."""

    rating = RadioField(_("这个答复"), validators=[wanted(_("请选好、中或差"))])
    remark = TextAreaField(_("补一句"), [Optional(), at_most(LONGEST_REMARK)])

    def offer(self) -> None:
        """Put the ratings into the list."""
        self.rating.choices = [SelectChoice(code, word(said)) for code, said in RATINGS.items()]

    def given(self) -> RatingIn:
        """What the operation takes."""
        return RatingIn(self.rating.data or "", self.remark.data or "", self.version.data)

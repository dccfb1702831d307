"""Security requirement 27: a form may hold what its page reads and nothing else, whichever page it is."""

from __future__ import annotations

import io
from unittest import mock

import pytest
from babel import support
from flask import Flask, request, session
from flask_babel import refresh
from flask_wtf import FlaskForm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wtforms import FieldList, FormField, StringField
from wtforms.validators import InputRequired

from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid
from app.core.policy.actor import SYSTEM
from app.core.web.typed import EVERYWHERE, Typed, refuse_unread
from app.people.directory.models import Unit
from tests.cast import Cast

KEYS = st.text(alphabet="abcdef_-0", min_size=1, max_size=8)


class Part(FlaskForm):
    """A row of a form."""

    text = StringField()


class Whole(FlaskForm):
    """A form with a row."""

    class Meta:
        csrf = False

    title = StringField()
    parts = FieldList(FormField(Part))


@given(sent=st.sets(KEYS, max_size=6), read=st.sets(KEYS, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_security_27_exactly_the_keys_that_nobody_read_are_refused(app: Flask, sent: set[str], read: set[str]) -> None:
    with app.test_request_context("/", method="POST", data=dict.fromkeys(sent, "x")):
        for number, key in enumerate(sorted(read)):
            (request.form.get, request.form.getlist, request.form.__contains__)[number % 3](key)
        left = sent - read - EVERYWHERE
        if left:
            with pytest.raises(Invalid) as refused:
                refuse_unread("some.step")
            assert all(key in str(refused.value) for key in left)
        else:
            refuse_unread("some.step")


@pytest.mark.parametrize("extra", ["school_id", "state", "version_", "approved_by", "parts-0-tier", "parts-0-text-x"])
@pytest.mark.parametrize("upload", [False, True])
def test_security_27_a_form_reads_its_own_fields_and_rows_only(app: Flask, extra: str, upload: bool) -> None:
    own = {"title": "a", "parts-0-text": "b", "csrf_token": "c", "version": "1"}
    for sent in (own, own | {extra: "z"}):
        more = {"file": (io.BytesIO(b"x"), "x.txt")} if upload else {}
        with app.test_request_context("/", method="POST", data=sent | more):
            Whole()
            assert isinstance(request.form, Typed)
            assert request.form.unread == ([extra] if extra in sent else [])


def test_security_27_no_deed_of_any_page_begins_with_a_key_left_over(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/anything", method="POST", data={"tier": "red"}):
        with pytest.raises(Invalid), trail.act(SYSTEM, "write", "test.deed"):
            db.session.get_one(Unit, cast.county.id).short_name = "另一个名字"
        db.session.expire_all()
        assert db.session.get_one(Unit, cast.county.id).short_name != "另一个名字"
        assert request.form["tier"] == "red"
        with trail.act(SYSTEM, "write", "test.deed"):
            pass


def test_the_sentences_of_fields_are_read_from_the_disk_once_for_each_language(app: Flask) -> None:
    class Needed(FlaskForm):
        class Meta:
            csrf = False

        title = StringField(validators=[InputRequired()])

    said: dict[str, set[str]] = {}
    for _ in range(2):
        for language in ("zh", "en"):
            with mock.patch.object(support.Translations, "load", wraps=support.Translations.load) as load:
                with app.test_request_context("/", method="POST", data={}):
                    session["language"] = language
                    refresh()
                    form = Needed()
                    assert not form.validate()
                    said.setdefault(language, set()).update(map(str, form.title.errors))
                domains = [call.kwargs.get("domain") for call in load.call_args_list]
    assert "wtforms" not in domains
    assert said["en"] == {"This field is required."} and len(said["zh"]) == 1 and said["zh"] != said["en"]

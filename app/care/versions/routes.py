"""How the steps of a version are asked: the same questions, whatever it defines."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import lazy_gettext as _

from app.care.versions import forms
from app.core.errors import NotFound
from app.core.web.answers import carried_out, onward
from app.core.web.asking import Ask, step_page
from app.core.web.current import current_actor
from app.core.web.offers import Way

YAML = "application/yaml"


def asks(operations: Any, returned: str, in_force: Any, look_at: Any) -> dict[str, Ask]:
    """Name in the address → question. `operations`: the module with a function per step; `returned`: the name of its
    step back to the author; `in_force`, `look_at`: what follows when it is put in force, what an expert looks at before."""
    back = returned.replace("_", "-")
    return {
        "submit": Ask(_("提交后由两名县心理专家先后同意。"), forms.StepForm, operations.submit, _("已提交"), "send"),
        "agree": Ask(look_at, forms.StepForm, operations.agree, _("已同意，等另一名专家批准"), "signature"),
        "note-outside": Ask(_("本县专家不足两名时，登记外请专家的书面意见。"), forms.OutsideForm,
                            operations.note_outside, _("已登记"), "user-plus"),
        "approve": Ask(_("批准后由中心负责人启用。"), forms.StepForm, operations.approve, _("已批准")),
        back: Ask(_("退回给起草人修改。"), forms.ReasonForm, getattr(operations, returned), _("已退回"),
                  "arrow-back-up"),
        "activate": Ask(in_force, forms.StepForm, operations.activate, _("已启用"), "player-play"),
        "withdraw": Ask(_("撤回后这一版不再启用。"), forms.StepForm, operations.withdraw, _("已撤回"), "arrow-back-up"),
    }  # fmt: skip


class Asking:
    """The questions of one kind of version: the buttons that lead to them, the page of each, and its answer."""

    def __init__(self, questions: dict[str, Ask], template: str, ask_at: str, take_at: str) -> None:
        """`template` draws a question; `ask_at`, `take_at` are the endpoints of asking and taking."""
        self.questions, self.template, self.ask_at, self.take_at = questions, template, ask_at, take_at

    def ways(self, found: Any) -> dict[str, Way]:
        """Where the buttons of a version lead; an outside expert is asked for only where there are too few."""
        return {
            name.replace("-", "_"): Way(url_for(self.ask_at, ref=found.ref, name=name), ask.icon)
            for name, ask in self.questions.items()
            if name != "note-outside" or found.has_few_experts
        }

    def known(self, name: str) -> Ask:
        """The question of a step. Raises NotFound for a step that nobody asks for here."""
        if name not in self.questions:
            raise NotFound("step", name)
        return self.questions[name]

    def ask(self, found: Any, name: str) -> Response:
        """Ask before it is done."""
        return self._page(found, name, self.known(name).form(formdata=None, version=found.version))

    def take(self, found: Any, name: str) -> Any:
        """Take the step, or ask again with what was wrong."""
        question, actor = self.known(name), current_actor()
        form = question.form()
        if carried_out(form, lambda: question.operation(actor, found, form.given())):
            return onward(found.address, str(question.done))
        return self._page(found, name, form, 422)

    def _page(self, found: Any, name: str, form: Any, status: int = 200) -> Response:
        action = url_for(self.take_at, ref=found.ref, name=name)
        return step_page(self.template, action, found, name, self.known(name), form, status)

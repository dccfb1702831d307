"""How the steps of a version are asked: the same questions, whatever it defines."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.care.versions import forms
from app.core.web.asking import Ask

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


def where_experts_are_few(found: Any, name: str) -> bool:
    """An expert from outside is asked for only where the county has too few."""
    return name != "note-outside" or found.has_few_experts

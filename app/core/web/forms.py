"""Parts of forms that every area shares: a field that may stay empty while something is written, not when it is handed in."""

from __future__ import annotations

from wtforms.validators import Optional


class Later(Optional):
    """May be left empty for now: the page writes 提交前填 beside the label, not 选填."""

    field_flags = {"optional": True, "later": True}

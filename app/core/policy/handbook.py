"""Writes docs/handbook/access.md: role × action × scope, as the policy has it.

`python -m app.core.policy.handbook` writes the page, `--check` fails where it is stale.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from app.core.policy.grants import RIGHTS
from app.core.policy.roles import HOLDERS, ROLES, Role

PAGE = Path(__file__).resolve().parents[3] / "docs" / "handbook" / "access.md"
EVERYBODY = (*ROLES.values(), *HOLDERS.values())
LEVELS = {
    "county": "县",
    "department": "科室、学区",
    "school": "学校",
    "region": "省、市",
    "system": "系统",
    "outside": "外部",
    "holder": "凭个人码",
}


def page() -> str:
    """The whole page in Markdown: roles, then who holds each right, then what each role may do."""
    blocks = [
        "# 谁能做什么",
        "本页由程序从权限表生成，请改权限表，不要改本页。没有写出的就是不能；看不到的记录和没有的记录答复相同。",
        "## 角色\n\n" + _table(("角色", "代码", "层级", "数据类别"), map(_role, EVERYBODY)),
        "## 权限 × 角色（范围）\n\n" + _table(("权限", "角色（范围）"), map(_right, RIGHTS)),
    ]
    for role in EVERYBODY:
        rows = ((f"`{right}`", _scopes(role, right)) for right in sorted(role.grants))
        text = _table(("权限", "范围"), rows) if role.grants else "没有任何权限：只有自己的账号、待办和消息。"
        blocks.append(f"## {role.zh}\n\n{role.en} · `{role.code}`\n\n{text}")
    return "\n\n".join(blocks) + "\n"


def _role(role: Role) -> tuple[str, ...]:
    return role.zh, f"`{role.code}`", LEVELS[role.level], "、".join(f"`{name}`" for name in role.data_classes) or "—"


def _right(right: str) -> tuple[str, ...]:
    return f"`{right}`", "、".join(holders(right))


def _scopes(role: Role, right: str) -> str:
    return "、".join(scope.zh for scope in role.grants[right])


def holders(right: str) -> Iterator[str]:
    """The roles that hold a right, each with its scopes."""
    for role in EVERYBODY:
        if right in role.grants:
            yield f"{role.zh}（{_scopes(role, right)}）"


def _table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = (heads, tuple("---" for _ in heads), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(arguments: list[str] | None = None) -> int:
    """Write or check; 1 where the page is stale."""
    parser = argparse.ArgumentParser(prog="python -m app.core.policy.handbook", description="Write access.md.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the page is stale")
    if not parser.parse_args(arguments).check:
        PAGE.write_text(page(), "utf-8")
        return 0
    if not PAGE.exists() or PAGE.read_text("utf-8") != page():
        print(f"{PAGE.name} is stale. Run: python -m app.core.policy.handbook", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes the handbook: one page a machine with its diagram, states, deadlines, steps, rights and conditions.

`python -m workflows.handbook` writes docs/handbook, `python -m workflows.handbook --check` fails where it is stale.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from workflows import catalogue
from workflows.deadlines import Deadline
from workflows.diagram import diagram
from workflows.parties import PARTIES, ROLES
from workflows.vocabulary import ANY, NEW, PREVIOUS, State, Step, Workflow

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "handbook"
ELSEWHERE = frozenset({"access.md"})
"""Pages of the same folder that others write."""
NOTHING = "—"

STATE_HEADS = ("状态", "代码", "等谁", "期限", "说明")
STEP_HEADS = ("步骤", "代码", "从 → 到", "权限", "条件不满足时的提示", "说明")

Who = Callable[[str], str]


def right_alone(right: str) -> str:
    """The default answer to "who": the name of the right, since roles are none of the machines' business."""
    return f"`{right}`"


def page(workflow: Workflow, who: Who = right_alone) -> str:
    """The handbook page of one machine in Markdown; `who` turns the name of a right into what the page shows."""
    blocks = (
        f"# {workflow.zh}",
        f"{workflow.en} · `{workflow.name}` · 第 {workflow.version} 版。{_summary(workflow)}",
        "本页由程序从状态机生成，请改状态机，不要改本页。",
        f"## 流程图\n\n{diagram(workflow)}",
        f"## 状态与期限\n\n{_table(STATE_HEADS, map(_state_row, workflow.states))}",
        f"## 步骤\n\n{_table(STEP_HEADS, (_step_row(workflow, each, who) for each in workflow.steps))}",
    )
    return "\n\n".join(blocks) + "\n"


def index() -> str:
    """The first page: every machine with its normal path."""
    rows = (
        (f"[{each.zh}]({each.name}.md)", f"`{each.name}`", " → ".join(state.zh for state in each.path))
        for each in catalogue.ALL
    )
    table = _table(("记录", "代码", "正常路径"), rows)
    said = "每一类记录走哪些状态、谁可以办、要满足什么条件、到什么时候。"
    return f"# 工作流手册\n\n{said}\n\n{table}\n\n[谁能做什么](access.md)：角色 × 权限 × 范围。\n"


def pages(who: Who = right_alone) -> dict[str, str]:
    """Every page by file name."""
    return {"index.md": index()} | {f"{each.name}.md": page(each, who) for each in catalogue.ALL}


def stale(folder: Path = FOLDER) -> list[str]:
    """File names that are missing, out of date, or left over."""
    wanted = pages()
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    differing = {name for name, text in wanted.items() if present.get(name) != text}
    return sorted(differing | (present.keys() - wanted.keys() - ELSEWHERE))


def write(folder: Path = FOLDER) -> None:
    """Bring the folder up to date."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted and path.name not in ELSEWHERE:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def _summary(workflow: Workflow) -> str:
    return f"正常路径：{' → '.join(state.zh for state in workflow.path)}。"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(cell or NOTHING for cell in line)} |" for line in lines)


def _state_row(state: State) -> tuple[str, ...]:
    notes = [
        *(["正常路径之外"] if state.side else []),
        *(["到此结束"] if state.final else []),
        *(["办结，可因新情况再启动"] if state.settled else []),
        *(["其他期限暂停"] if state.pauses else []),
    ]
    waits = PARTIES[state.waits_for].zh if state.waits_for else ""
    return state.zh, f"`{state.code}`", waits, "<br>".join(map(_deadline, state.deadlines)), "；".join(notes)


def _deadline(deadline: Deadline) -> str:
    stands = (f"{deadline.stands_while[0]}时不计时，此后重新起算",) if deadline.stands_while[0] else ()
    return f"{deadline.zh}：{deadline.span[0]}" + "".join(f"；{part}" for part in (*stands, *_ladder(deadline)))


def _ladder(deadline: Deadline) -> Iterator[str]:
    percents = [f"{rung.percent}%" for rung in deadline.rungs if rung.percent is not None]
    if percents:
        yield f"用时 {'、'.join(percents)} 提醒"
    days = [str(rung.days_before) for rung in deadline.rungs if rung.days_before is not None]
    if days:
        yield f"提前 {'、'.join(days)} 天提醒"
    for rung in deadline.rungs:
        if rung.working_days_after is not None:
            told = f"告知{_roles(rung.roles)}" if rung.roles else "再提醒"
            yield f"超 {rung.working_days_after} 个工作日{told}"


def _roles(roles: tuple[str, ...]) -> str:
    return "、".join(ROLES[role].zh for role in roles)


def _step_row(workflow: Workflow, step: Step, who: Who) -> tuple[str, ...]:
    target = "回到原状态" if step.target is PREVIOUS else step.target.zh if isinstance(step.target, State) else ""
    conditions = "<br>".join(f"{guard.zh}{'（办理时填写）' if guard.asked else ''}" for guard in step.guards)
    return (
        f"{step.zh}{' ★' if step.star else ''}",
        f"`{step.name}`",
        f"{_source(step)} → {target}",
        _takers(step, who),
        conditions,
        "<br>".join(_remarks(workflow, step)),
    )


def _source(step: Step) -> str:
    if step.source is ANY:
        return "任一未结束的状态"
    return "、".join("（新建）" if state is NEW else state.zh for state in step.sources)


def _takers(step: Step, who: Who) -> str:
    if step.system:
        return "系统"
    if step.joint:
        return "、".join(map(who, step.joint.rights)) + f"（{step.joint.count} 人会签）"
    if step.needs is None or isinstance(step.needs, str):
        return "".join(map(who, step.rights))
    cases = [f"{case.zh}：{who(case.right)}" for case in step.needs.cases]
    return "<br>".join([who(step.needs.usual), *cases])


def _remarks(workflow: Workflow, step: Step) -> Iterator[str]:
    if step.reason:
        yield "须写理由"
    if step.four_eyes:
        others = "、".join(_step_name(workflow, name) for name in step.four_eyes)
        condition = "需要第二人时，" if step.four_eyes_when else ""
        yield f"{condition}办过以下步骤的人回避：{others}"
    if step.repeat:
        yield f"第 {step.repeat.times} 次起同时告知{ROLES[step.repeat.tells].zh}"
    for deadline in step.deadlines:
        yield f"此后{_deadline(deadline)}"
    if step.tells:
        yield f"告知{_roles(step.tells)}"


def _step_name(workflow: Workflow, name: str) -> str:
    if "." not in name:
        return workflow.step(name).zh
    other = catalogue.step(name)
    return f"{catalogue.workflow(other.machine).zh}的“{other.zh}”"


def main(arguments: list[str] | None = None) -> int:
    """Write or check; 1 where the handbook is stale."""
    parser = argparse.ArgumentParser(prog="python -m workflows.handbook", description="Write the workflow handbook.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a page is stale")
    if not parser.parse_args(arguments).check:
        write()
        return 0
    if names := stale():
        print(f"docs/handbook is stale: {', '.join(names)}. Run: python -m workflows.handbook", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

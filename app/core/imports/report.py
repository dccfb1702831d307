"""What the report page shows: what must be mended by cause, what was tidied, what was left out, and that it adds up."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.core.imports.reasons import Note, fill, plain
from app.core.imports.staged import Counts, StagedSheet, sentences, shown
from app.core.imports.work import Remark

MOST_SPOTS = 200
_MOST_EXAMPLES = 3
_DROPS = {
    "title": ("表头以上的标题和说明", "Titles and notes above the header"),
    "header": ("表头", "Header"),
    "repeated_header": ("重复的表头", "The header repeated"),
    "unanswered": ("没有作答的学生", "Students without any answer"),
    "blank": ("空行", "Blank rows"),
    "footer": ("合计、填表人等表尾", "Totals and signatures below the table"),
    "duplicate": ("完全相同的重复行", "Identical rows"),
    "by_hand": ("手工移出", "Left out by hand"),
}


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of a cause, or all rows with the same typed value or key: where, what it says, what may be chosen."""

    sheet: str
    where: str
    column: str
    typed: list[str]
    zh: str
    en: str
    fix_zh: str
    fix_en: str
    rows: list[int]
    key: str | None
    choices: list[list[str]]
    pick: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Cause:
    """Rows that are blocked for one reason; `spots` holds the first 200."""

    code: str
    zh: str
    en: str
    rows: int
    spots: list[Spot]
    more: int


@dataclass(frozen=True, slots=True)
class Tidied:
    """Something done to many rows: how many, and examples of what was typed and what it became."""

    code: str
    level: str
    column: str
    zh: str
    en: str
    rows: int
    examples: list[list[str]]
    ranges: list[str]


@dataclass(frozen=True, slots=True)
class Left:
    """Rows left out for one reason, with where they stand."""

    code: str
    zh: str
    en: str
    rows: int
    where: list[str]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one file; `reminders` do not stop acceptance, `coded` lists words read as codes.

    `headcount`: enrolled and measured pupils of the scopes whose enrolment is known; empty for rosters.
    """

    counts: Counts
    causes: list[Cause]
    reminders: list[Tidied]
    coded: list[Tidied]
    drops: list[Left]
    sheets: list[dict[str, Any]]
    unused_sheets: list[str]
    missing: dict[str, int]
    headcount: dict[str, int]
    may_accept: bool
    may_accept_rest: bool

    def to_json(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {**asdict(self), "counts": self.counts._asdict()}


def report(staged: StagedSheet) -> Report:
    """The report of a staged sheet."""
    counts, kind = staged.counts, staged.kind
    grouped = _by_title(staged)
    return Report(
        counts=counts,
        causes=[_cause(staged, found) for (level, *_), found in grouped.items() if level == "block"],
        reminders=_about_the_file(staged)
        + [_tidied(staged, found) for (level, *_), found in grouped.items() if level in ("warn", "tidy")],
        coded=_coded(staged),
        drops=_left_out(staged),
        sheets=[_sheet(part) for part in staged.table.parts],
        unused_sheets=list(staged.table.unused_sheets),
        missing=dict(Counter(why for reasons in staged.work.missing.values() for why in reasons.values())),
        headcount=_headcount(staged),
        may_accept=counts.blocked == 0 and counts.accepted > 0,
        may_accept_rest=kind.partial and counts.blocked > 0 and counts.accepted > 0,
    )


Said = tuple[int, Remark]


def _by_title(staged: StagedSheet) -> dict[tuple[str, str, str], list[Said]]:
    """Remarks by level, title and column, in the order in which they first appear."""
    grouped: dict[tuple[str, str, str], list[Said]] = defaultdict(list)
    for row in sorted(staged.work.remarks):
        for remark in staged.work.remarks[row]:
            title = remark.note.reason.title[0]
            column = "" if remark.note.level == "tidy" else remark.column
            grouped[remark.note.level, title, column].append((row, remark))
    return grouped


def _title(staged: StagedSheet, column: str, said: Note) -> tuple[str, str]:
    words = {"column": staged.kind.column(column).label if column else ("", ""), **said.words}
    return fill(said.reason.title[0], words, 0), fill(said.reason.title[1], words, 1)


def _cause(staged: StagedSheet, found: Sequence[Said]) -> Cause:
    first = found[0][1]
    groups: dict[tuple[Any, ...], list[Said]] = defaultdict(list)
    for row, remark in found:
        groups[_spot_key(staged, row, remark)].append((row, remark))
    zh, en = _title(staged, first.column, first.note)
    spots = [_spot(staged, said) for said in list(groups.values())[:MOST_SPOTS]]
    rows = len({row for row, _ in found})
    return Cause(first.note.reason.code, zh, en, rows, spots, max(0, len(groups) - MOST_SPOTS))


def _spot_key(staged: StagedSheet, row: int, remark: Remark) -> tuple[Any, ...]:
    reason = remark.note.reason
    if reason.by_value:
        return remark.column, staged.work.typed(row, remark.column)
    return (staged.keys[row],) if reason.by_key else (row, remark.column)


def _spot(staged: StagedSheet, said: Sequence[Said]) -> Spot:
    (row, (column, note)), rows = said[0], [each for each, _ in said]
    typed = staged.work.typed(row, column) if column else ""
    zh, en, fix_zh, fix_en = sentences(staged.kind, column, typed, note)
    by_key = note.reason.by_key
    return Spot(
        sheet=staged.table.place(row).sheet,
        where="、".join(_addresses(staged, rows, column)),
        column=column,
        typed=[typed] if typed else [],
        zh=zh,
        en=en,
        fix_zh=fix_zh,
        fix_en=fix_en,
        rows=[staged.table.row_no[each] for each in rows],
        key=staged.keys[row],
        choices=[list(choice) for choice in note.choices],
        pick=_pick(staged, rows) if by_key else [],
    )


def _pick(staged: StagedSheet, rows: Sequence[int]) -> list[dict[str, Any]]:
    """Each of the contradicting rows with the cells in which they differ."""
    work = staged.work
    apart = [code for code in staged.kind.kept if len({work.typed(row, code) for row in rows}) > 1]
    return [
        {**staged.table.place(row)._asdict(), "typed": {code: work.typed(row, code) for code in apart}} for row in rows
    ]


def _addresses(staged: StagedSheet, rows: Iterable[int], column: str) -> list[str]:
    """Addresses of a column in these rows, neighbours joined: A37–A43; without a column the row numbers."""
    found: list[tuple[str, int, int, int]] = []
    for row in sorted(rows):
        letters = staged.table.address(row, column).rstrip("0123456789") if column else ""
        part, number = staged.table.part[row], staged.table.row_no[row]
        if found and found[-1][:2] == (letters, part) and found[-1][3] == number - 1:
            found[-1] = (letters, part, found[-1][2], number)
        else:
            found.append((letters, part, number, number))
    return [f"{at}{low}" if low == high else f"{at}{low}–{at}{high}" for at, _, low, high in found]


def _tidied(staged: StagedSheet, found: Sequence[Said]) -> Tidied:
    first = found[0][1]
    zh, en = _title(staged, first.column, first.note)
    rows = sorted({row for row, _ in found})
    column = "" if first.note.level == "tidy" else first.column
    return Tidied(
        first.note.reason.code,
        first.note.level,
        column,
        zh,
        en,
        len(rows),
        [_example(staged, row, remark) for row, remark in found[:_MOST_EXAMPLES]],
        _addresses(staged, rows, column)[:MOST_SPOTS],
    )


def _example(staged: StagedSheet, row: int, remark: Remark) -> list[str]:
    if not remark.column:
        return [staged.table.place(row).sheet, str(staged.table.row_no[row])]
    typed = str(remark.note.words.get("range") or staged.work.typed(row, remark.column))
    return [typed, shown(staged.work.values[remark.column][row])]


def _coded(staged: StagedSheet) -> list[Tidied]:
    """Words read as codes, once per column and reason, with how many rows hold them."""
    listed: list[Tidied] = []
    for code, cells in staged.work.cells.items():
        times = Counter(staged.table.typed[code]) if cells.coded else Counter()
        groups: dict[str, list[tuple[Any, Note]]] = defaultdict(list)
        for typed, notes in cells.coded.items():
            for said in notes:
                groups[said.reason.code].append((typed, said))
        for reason, members in groups.items():
            zh, en = _title(staged, code, members[0][1])
            examples = [[shown(typed), shown(cells[typed])] for typed, _ in members[: 3 * _MOST_EXAMPLES]]
            rows = sum(times[typed] for typed, _ in members)
            listed.append(Tidied(reason, "coded", code, zh, en, rows, examples, []))
    return listed


def _about_the_file(staged: StagedSheet) -> list[Tidied]:
    table = staged.table
    hidden_sheets = [part for part in table.parts if part.visibility != "visible"]
    told: list[tuple[str, int, list[list[str]]]] = [
        ("hidden_sheet", sum(part.rows for part in hidden_sheets), [[part.sheet, ""] for part in hidden_sheets]),
        ("hidden_rows", sum(part.hidden_rows for part in table.parts), []),
        ("hidden_columns", sum(part.rows for part in table.parts if part.hidden_columns), []),
        ("formulas", table.formulas, []),
        ("restored", table.restored, []),
        ("external_links", table.external_links, []),
    ]
    return [
        Tidied(code, "tidy", "", *plain(code).reason.title, rows, examples[:_MOST_EXAMPLES], [])
        for code, rows, examples in told
        if rows
    ]


def _left_out(staged: StagedSheet) -> list[Left]:
    by_code: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for drop in (*staged.headings, *staged.drops):
        by_code[drop.code][drop.place.sheet].append(drop.place.row_no)
    return [
        Left(code, *words, sum(map(len, by_code[code].values())), _places(by_code[code]))
        for code, words in _DROPS.items()
        if code in by_code
    ]


def _places(by_sheet: Mapping[str, Sequence[int]]) -> list[str]:
    places: list[str] = []
    for sheet, numbers in by_sheet.items():
        for low, high in _runs(sorted(numbers)):
            places.append(f"{sheet} {low}" if low == high else f"{sheet} {low}–{high}")
    return places[:MOST_SPOTS]


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _headcount(staged: StagedSheet) -> dict[str, int]:
    """The largest number of pupils measured in each school and grade beside its enrolment."""
    roster = staged.work.lookups.roster
    if not staged.kind.lead_value or not roster:
        return {}
    measured: dict[tuple[str, str, int], int] = {}
    for level, school, grade, n in staged.accepted("scope_level", "school_code", "grade", "n"):
        key = (str(school), str(grade or ""), 0)
        if level in ("school", "grade") and key in roster and isinstance(n, int):
            measured[key] = max(n, measured.get(key, 0))
    return {"enrolled": sum(roster[key] for key in measured), "measured": sum(measured.values())} if measured else {}


def _sheet(part: Any) -> dict[str, Any]:
    return {
        "name": part.sheet,
        "visibility": part.visibility,
        "rows": part.rows,
        "hidden_rows": part.hidden_rows,
        "unread_columns": list(part.unread),
    }

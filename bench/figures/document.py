"""Figure 12: a document of three pages by the warm printing process, beside bare WeasyPrint on the same text."""

from __future__ import annotations

import io
from statistics import median
from typing import Any

from pypdf import PdfReader

from app.core import pdf
from bench.context import Context
from bench.rounds import figure, interleave, seconds

PAGES = 3
MEASURES = 4
TEXT = (
    "学校成立整改工作组，对照问题清单逐项分析原因，制定校本教研计划；每两周开展一次集体备课，年级组长听课不少于四节，"
    "教研员到校指导并留下书面意见，月末由整改办抽查佐证材料。"
)
MARK = "序列号"


def run(context: Context) -> list[dict[str, Any]]:
    """Seconds per document; one that has other pages or other words than the partner's raises AssertionError."""
    import weasyprint

    html = document()
    pdf.warm()
    context.at_the_end(pdf.close)
    bare = html.replace("asset:", pdf.STYLES.as_uri() + "/")

    def partner() -> bytes:
        made: bytes = weasyprint.HTML(string=bare).write_pdf()
        return made

    ours, theirs = pdf.render(html), partner()
    assert ours.pages == PAGES and not ours.refused, f"{ours.pages} pages, refused {ours.refused}"
    assert words(ours.content) == words(theirs), "the two documents do not say the same"
    assert MARK in words(ours.content)
    rounds = interleave(lambda: seconds(lambda: pdf.render(html)), lambda: seconds(partner), rounds=9)
    value = median(rounds.ours)
    method = (
        f"render() of a remediation plan of {PAGES} pages with {MEASURES} measures in Chinese, in a child of the warm "
        f"printing process with its limits; partner: weasyprint.HTML(…).write_pdf() warm in this process, "
        f"{median(rounds.partner):.3f} s in the same rounds; same words on the same number of pages"
    )
    return [figure("12 document", value, "s", rounds=rounds, goal=("<=", 1.5), stretch=1.1, method=method)]


def document() -> str:
    """A remediation plan as its template lays it out: letterhead, facts, a table over a page's end, chapters."""
    cells = "".join(
        f'<tr><td class="num">{n}</td><td>措施{n}：{TEXT[: 30 + n * 3]}</td><td>教务处　第{n}组</td>'
        f"<td>2026-03-01<br>2026-11-{n % 28 + 1:02}</td><td>听课记录、教案、照片</td><td>{n * 100}</td></tr>"
        for n in range(1, MEASURES + 1)
    )
    chapters = "".join(
        f"<h2>{title}</h2>" + f"<p>{TEXT}</p>" * 2 for title in ("一、问题与原因", "二、整改目标", "四、保障")
    )
    return f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>整改方案</title>
<link rel="stylesheet" href="asset:letterhead.css"><link rel="stylesheet" href="asset:plan.css"></head><body>
<h1>双桥小学四年级数学问题整改方案</h1>{chapters}<h2>三、整改措施</h2><table class="measures-table">
<colgroup><col class="w-no"><col class="w-measure"><col class="w-owner"><col class="w-dates"><col class="w-evidence">
<col class="w-funds"></colgroup><thead><tr><th>序号</th><th>措施</th><th>责任人</th><th>起止</th><th>佐证</th><th>经费</th></tr>
</thead><tbody>{cells}</tbody></table><p class="notes digest">打印人 王老师，{MARK} 20261128-0001。</p></body></html>"""


def words(content: bytes) -> str:
    """Everything a PDF says, page by page, without spaces."""
    pages = ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]
    return "\f".join(pages)

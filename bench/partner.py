"""The partner of the web figures: bare Flask, Jinja pages of a list's rows and of a frozen week, no rights and no trail."""

from __future__ import annotations

import os
import threading
from typing import Any

import psycopg
from flask import Flask, render_template_string, request

ROWS = 50
"""As many as a page of the product's list shows."""
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>问题项</title></head><body><h1>问题项</h1>
<p>{{ total }} 项</p><table><thead><tr><th>编号</th><th>问题</th><th>单位</th><th>类别</th><th>级别</th><th>期限</th><th>状态</th>
</tr></thead><tbody>{% for row in rows %}<tr><td>{{ row[0] }}</td><td><a href="/items/{{ row[1] }}">{{ row[2] }}</a></td>
<td>{{ row[3] }}</td><td>{{ row[4] }}</td><td>{{ row[5] }}</td><td>{{ row[6] }}</td><td>{{ row[7] }}</td></tr>{% endfor %}
</tbody></table></body></html>"""
COUNT = """select count(*) from problem_items i join units u on u.id = i.unit_id where u.ref = %s and i.state = %s"""
LIST = f"""select i.number, i.ref, i.title, u.short_name, i.category, i.severity, i.due_on, i.state
from problem_items i join units u on u.id = i.unit_id where u.ref = %s and i.state = %s order by i.due_on, i.id limit {ROWS}"""

WEEK = "select content from figure_snapshots where school_id is null and kind = 'week' order by taken_on desc limit 1"
CELLS = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>数据</title></head><body>{% for code, one in
week.items() %}{% if one.line %}<h2>{{ code }}</h2><table><tr>{% for cell in one.line.cells %}<td>{{ cell }}</td>{% endfor %}</tr>
{% for cut in one["cuts"].values() %}{% for key, line in cut["rows"].items() %}<tr><th>{{ key }}</th>{% for cell in line.cells %}
<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}{% endfor %}</table>{% endif %}{% endfor %}</body></html>"""

app = Flask(__name__)
_held = threading.local()


def connection() -> Any:
    """One connection per thread, opened once."""
    if not hasattr(_held, "line"):
        _held.line = psycopg.connect(os.environ["BENCH_DATABASE"], autocommit=True)
    return _held.line


@app.get("/items")
def items() -> str:
    """The list."""
    keys = (request.args["unit"], request.args["state"])
    total = connection().execute(COUNT, keys).fetchone()[0]
    rows = connection().execute(LIST, keys).fetchall()
    return render_template_string(PAGE, total=total, rows=rows)


@app.get("/figures")
def figures() -> str:
    """Every cell of the newest frozen week."""
    week = connection().execute(WEEK).fetchone()[0]
    return render_template_string(CELLS, week=week)

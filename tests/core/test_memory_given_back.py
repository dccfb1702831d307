"""A process that once read a large workbook does not stay large: what was freed goes back to the system."""

import subprocess
import sys

from config.settings import PROJECT

READS = """
import io
from pathlib import Path
import xlsxwriter
from app.core.spreadsheets import open_book

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024

out = io.BytesIO()
book = xlsxwriter.Workbook(out, {"constant_memory": True})
sheet = book.add_worksheet("form")
for row in range(6_000):
    for column in range(100):
        sheet.write_number(row, column, (row + column) % 4)
book.close()
data = out.getvalue()
open_book(data[:], "first.xlsx")
before = resident()
held = open_book(data, "answers.xlsx")
assert len(held.sheets[0].cells) == 6_000
del held
print(before, resident())
"""


def test_what_a_large_workbook_took_goes_back_to_the_system_once_it_is_read() -> None:
    done = subprocess.run([sys.executable, "-c", READS], cwd=PROJECT, capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after < before + 6, f"{before} MiB before, {after} MiB afterwards"

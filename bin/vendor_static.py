#!/usr/bin/env python3
"""Copy the pinned browser files from node_modules into app/static/vendor and draw the icon sprite.

Run `npm ci --ignore-scripts` first; what this writes is committed, so that an installation needs no npm.
"""

import json
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "app" / "static"
VENDOR = STATIC / "vendor"

MIT = """Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

# package, file inside it, name here, copyright line where the package ships no licence text
FILES = (
    ("@tabler/core", "dist/css/tabler.min.css", "tabler.css", "Copyright 2018-2026 The Tabler Authors"),
    ("htmx.org", "dist/htmx.min.js", "htmx.min.js", ""),
    ("@alpinejs/csp", "dist/cdn.min.js", "alpine-csp.min.js", "Copyright Caleb Porzio and contributors"),
    ("echarts", "dist/echarts.common.min.js", "echarts.common.min.js", ""),
)
BUNDLED = ("@vue/reactivity", "zrender", "tslib")  # parts that the files above carry inside them
TESTS_ONLY = ("axe-core", "axe.min.js")


def copy_files() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for package, inside, name, _ in FILES:
        text = (MODULES / package / inside).read_text("utf-8")
        text = re.sub(r"\n?/[/*]# sourceMappingURL=\S+(?: \*/)?\s*$", "\n", text)
        if name.endswith(".css"):
            # A cascade layer lets our own rules win without raising their specificity.
            text = "@layer tabler{" + text.removeprefix('@charset "UTF-8";') + "}\n"
        (VENDOR / name).write_text(text, "utf-8")
    target = ROOT / "tests" / "browser" / "vendor"
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(MODULES / TESTS_ONLY[0] / TESTS_ONLY[1], target / TESTS_ONLY[1])


def draw_sprite() -> None:
    names = [line for line in (STATIC / "icons.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]
    symbols = []
    for name in names:
        drawing = (MODULES / "@tabler/icons/icons/outline" / f"{name}.svg").read_text("utf-8")
        inner = drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")]
        inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", inner)
        inner = "".join(line.strip() for line in inner.splitlines())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (STATIC / "icons.svg").write_text(sprite, "utf-8")


def write_notice() -> None:
    packages = [file[0] for file in FILES] + ["@tabler/icons", *BUNDLED, TESTS_ONLY[0]]
    places = {file[0]: f"app/static/vendor/{file[2]}" for file in FILES}
    places |= {"@tabler/icons": "app/static/icons.svg", TESTS_ONLY[0]: "tests/browser/vendor/axe.min.js"}
    copyrights = {file[0]: file[3] for file in FILES} | {"tslib": ""}
    lines = ["Files of others in this project, unchanged but for a cascade layer around the style sheet.", ""]
    texts = []
    for name in packages:
        about = json.loads((MODULES / name / "package.json").read_text("utf-8"))
        version = f" {about['version']}" if name in places else ""
        lines.append(f"{name}{version} ({about['license']}): {places.get(name, 'a part inside the files above')}")
        shipped = [p for p in sorted((MODULES / name).iterdir()) if re.match(r"(LICENSE|NOTICE)(\.|$)", p.name)]
        body = "\n".join(p.read_text("utf-8").strip() for p in shipped)
        texts.append(f"{'=' * 100}\n{name}\n{'=' * 100}\n{body or copyrights[name] + chr(10) * 2 + MIT}")
    text = "\n".join(lines) + "\n\n" + "\n\n".join(texts).rstrip() + "\n"
    text = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    (VENDOR / "NOTICE").write_text(text, "utf-8")


if __name__ == "__main__":
    copy_files()
    draw_sprite()
    write_notice()

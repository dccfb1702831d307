"""Writes config/passwords.txt: common passwords and words of the trade that nobody may choose, made from rules.

Usage: python bin/list_passwords.py [word …]     further words of a county: its name, its towns, in pinyin
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Passwords nobody may choose (security 6). Made by bin/list_passwords.py; run it again with a county's own words.\n"

COMMON = """password passwd welcome administrator admin letmein iloveyou monkey dragon sunshine princess football baseball
    superman batman master shadow michael jordan computer internet secret freedom whatever trustno qwerty asdfgh zxcvbn
    changeme default guest login test demo root system user hello flower summer winter spring autumn charlie cookie
    woaini woaiwo woaiwojia wodemima mima nihao nihaoma caonima aini aiwo laopo laogong baobei baba mama wojia
    zhongguo china beijing shanghai zhejiang hangzhou wenzhou taizhou jinhua ningbo qinghua beida gongheguo renmin""".split()
TRADE = """jiaoyu jiaoyuju jiaoyuxitong xuexiao xiaoxue zhongxue chuzhong gaozhong youeryuan laoshi jiaoshi xuesheng xiaozhang
    banzhuren jiazhang keshi bangongshi lingdaoxiaozu duxue dudao pingjia jiance zhiliang zhenduan gaijin zhenggai bihuan
    xiaoxinling xinli xinliang caihongma shujuku guanli guanliyuan xitong zhanghao pingtai zhongkao gaokao qimo qizhong
    yuwen shuxue yingyu wuli huaxue shengwu lishi dili zhengzhi tiyu yinyue meishu kexue xinxi jishu jiaoyanshi
    jichujiaoyu anquan tiweiyi renshike caiwuke education school teacher student principal bureau county""".split()
PLACES = "qinglan qinglanxian yunxi yunxixian qinglanxianjiaoyuju yunxixianjiaoyuju pingyang cangnan longyou".split()
BEFORE_AFTER = ("", "wo", "wode", "my", "the", "xin")
YEARS = tuple(str(year) for year in range(1980, 2031))
RUNS = (
    "123",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "666",
    "888",
    "520",
    "1314",
    "5201314",
    "000000",
    "111111",
)
SHORTEST = 12


def rules(places: list[str]) -> set[str]:
    """Every refused spelling of 12 characters and more, and the bare words that are refused with digits around them."""
    words = [*COMMON, *TRADE, *places]
    bare = {before + word for before, word in product(BEFORE_AFTER, words)}
    pairs = {first + second for first, second in product(words, (*places, *TRADE[:12], *COMMON[:12]))}
    years = {first + year for first, year in product((*COMMON[:40], *places, *TRADE[:30]), YEARS)}
    runs = {run + word for run, word in product(RUNS, words)} | {word + run for run, word in product(RUNS, words)}
    doubled = {word * 2 for word in words} | {word * 3 for word in words if len(word) < 6}
    digits = {run * times for run, times in product(RUNS, (2, 3, 4))} | {f"{year}{year}{year}" for year in YEARS}
    long = {line for line in pairs | years | runs | doubled | digits if SHORTEST <= len(line) <= 24}
    return bare | long


def main(words: list[str]) -> None:
    """Write the file, sorted, one a line."""
    lines = sorted(rules([*PLACES, *(word.casefold() for word in words)]))
    (ROOT / "config" / "passwords.txt").write_text(HEADER + "\n".join(lines) + "\n", "utf-8")
    print(len(lines))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Invented names of people and places, always the same for the same seed."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
    "廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "子涵 雨桐 梓萱 浩然 宇轩 诗涵 欣怡 俊杰 佳怡 思远 明轩 若曦 嘉豪 语嫣 天佑 可欣 睿哲 静怡 承泽 书瑶 亦辰 清妍 景行 安然 "
    "知行 沐阳 晨曦 星辰 允儿 致远 乐怡 博文 雅琪 志强 慧敏 建国 丽娟 海燕 春梅 国栋 秀英 文斌 晓东 雪梅 立新 永康 素珍 培德 世昌 怀瑾"
).split()
TOWNS = (
    "城关 柳河 云台 石门 白鹭 双桥 松柏 青溪 桃源 龙潭 望海 竹溪 枫林 梅岭 兰溪 荷塘 安平 永丰 太和 新安 东湖 西岭 南浦 北屿 "
    "清水 凤鸣 鹤山 芦苇 沙洲 山前"
).split()


def person(random: Random) -> str:
    """A surname with a given name of two characters."""
    return random.choice(SURNAMES) + random.choice(GIVEN)


def schools() -> list[tuple[str, str, str]]:
    """56 schools: (school type, name, short name); types by the first two digits of the school code (domain §6.1)."""
    found: list[tuple[str, str, str]] = []
    for number in ("第一", "第二", "第三", "实验"):
        found.append(("21", f"清澜县{number}小学", f"{number}小学"))
    for town in TOWNS[1:24]:
        found.append(("21", f"清澜县{town}镇中心小学", f"{town}镇中心小学"))
    for number in ("第一", "第二", "实验"):
        found.append(("31", f"清澜县{number}初级中学", f"{number}初中"))
    for town in TOWNS[1:13]:
        found.append(("31", f"清澜县{town}镇初级中学", f"{town}初中"))
    found.append(("31", "清澜县民族中学附属初级中学（柳河校区）", "民族中学附属初中（柳河）"))
    for town in TOWNS[18:28]:
        found.append(("38", f"清澜县{town}乡九年一贯制学校", f"{town}学校"))
    for name in ("第一", "第二", "第三"):
        found.append(("34", f"清澜县{name}高级中学", f"{name}高中"))
    return found


SMALL_COUNTY = (
    ("31", "云溪县第一初级中学", "云溪一中"),
    ("21", "云溪县实验小学", "云溪实小"),
    ("21", "云溪县梅溪小学", "梅溪小学"),
    ("38", "云溪县山塘学校", "山塘学校"),
)

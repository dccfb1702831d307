"""Security requirements 1 and 3–8: passwords, second factors, recovery codes and limits."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, text

from app.core import limits
from app.core.audit import trail
from app.core.database import db, uuid7
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.people.identity import factors, passwords
from app.people.identity.models import Account, RecoveryCode
from tests.cast import PASSWORD, Cast, code, with_token
from tests.people.identity.races import race
from tests.people.identity.test_sign_in import change

RACES, CODES, THREADS = 1_000, 50, 8


def filled(rule: Any) -> str:
    """An address of this rule, with something in each of its places."""
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        kind = type(converter).__name__
        known = {"IntegerConverter": 1, "UUIDConverter": uuid7(), "FloatConverter": 1.0}
        values[name] = sorted(converter.items)[0] if kind == "AnyConverter" else known.get(kind, "0123456789abcdef")
    return str(rule.build(values, append_unknown=False)[1])


def halfway(client: FlaskClient, name: str) -> Any:
    """The first step, taken."""
    return with_token(client).post("/sign-in", data={"name": name, "password": PASSWORD})


def test_security_1_a_password_alone_reaches_enrolment_and_sign_out_only(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    halfway(client, "principal")
    reached = set()
    for rule in app.url_map.iter_rules():
        rights = getattr(app.view_functions[rule.endpoint], "rights", ("public",))
        if "GET" in (rule.methods or ()) and rights[0] != "public" and client.get(filled(rule)).status_code == 200:
            reached.add(rule.rule)
    assert reached == set()
    assert client.get("/sign-in/code").status_code == 200
    assert with_token(client).post("/sign-out").status_code == 303


def test_security_3_a_code_is_accepted_once_even_under_races(committed: Flask, cast: Cast) -> None:
    account_id, first = cast["principal"].account_id, factors.present_step()

    def use(step: int) -> bool:
        with trail.act(SYSTEM, "sign_in", "sign_in.code"):
            return factors.use_up(account_id, step)

    for number in range(RACES):
        accepted = race(committed, THREADS, lambda _, step=first + number: use(step))
        assert sorted(accepted, key=str) == [False] * (THREADS - 1) + [True]


@pytest.mark.parametrize("shape", ["{}", " {} ", "{:.3} {}", "full-width"])
def test_security_3_spaces_and_full_width_digits_are_the_same_code(
    shape: str, app: Flask, client: FlaskClient, cast: Cast
) -> None:
    shown = code(cast["principal"])
    spelled = {
        "{}": shown,
        " {} ": f" {shown} ",
        "{:.3} {}": f"{shown[:3]} {shown[3:]}",
        "full-width": shown.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    }[shape]
    halfway(client, "principal")
    assert with_token(client).post("/sign-in/code", data={"code": spelled}).status_code == 303
    other = app.test_client()
    halfway(other, "principal")
    assert with_token(other).post("/sign-in/code", data={"code": shown}).status_code == 422


def test_security_3_a_code_of_the_next_step_makes_earlier_ones_void(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    halfway(client, "principal")
    later, now = code(cast["principal"], 1), code(cast["principal"])
    assert with_token(client).post("/sign-in/code", data={"code": later}).status_code == 303
    other = app.test_client()
    halfway(other, "principal")
    assert with_token(other).post("/sign-in/code", data={"code": now}).status_code == 422


def test_security_3_a_code_two_steps_away_is_refused(app: Flask, client: FlaskClient, cast: Cast) -> None:
    halfway(client, "principal")
    for steps in (-2, 2):
        answer = with_token(client).post("/sign-in/code", data={"code": code(cast["principal"], steps)})
        assert answer.status_code == 422


def test_security_4_a_recovery_code_is_used_once_even_under_races(committed: Flask, cast: Cast) -> None:
    account_id = cast["principal"].account_id
    ids = [uuid7() for _ in range(CODES)]
    with trail.act(SYSTEM, "system", "test.codes"):
        rows = [{"id": i, "account_id": account_id, "number": n, "code_hash": "-"} for n, i in enumerate(ids, 1)]
        db.session.execute(insert(RecoveryCode), rows)

    def use(number: int) -> bool:
        with trail.act(SYSTEM, "sign_in", "sign_in.recovery_code"):
            return factors.use_recovery_code(ids[number])

    for number in range(CODES):
        used = race(committed, THREADS, lambda _, n=number: use(n))
        assert sorted(used, key=str) == [False] * (THREADS - 1) + [True]


def test_security_4_ten_codes_of_80_bits_kept_as_argon2id_only(app: Flask, cast: Cast) -> None:
    with trail.act(SYSTEM, "system", "test.codes"):
        codes = factors.new_recovery_codes(cast["principal"].account_id)
    kept = db.session.scalars(
        select(RecoveryCode.code_hash).where(RecoveryCode.account_id == cast["principal"].account_id)
    )
    assert all(stored.startswith("$argon2id$") for stored in kept)
    bits = {len(passwords.plain_code(c)[2:]) * 5 for c in codes}
    assert (len(set(codes)), bits) == (10, {80})


def test_security_4_the_owner_is_told_when_a_code_was_used(app: Flask, client: FlaskClient, cast: Cast) -> None:
    with trail.act(SYSTEM, "system", "test.codes"):
        codes = factors.new_recovery_codes(cast["principal"].account_id)
    halfway(client, "principal")
    assert with_token(client).post("/sign-in/recovery", data={"code": codes[4]}).status_code == 303
    posted = db.session.scalars(select(OutboxRow.data).where(OutboxRow.kind == "account_notice")).all()
    assert {"person": str(cast["principal"].person_id), "what": "recovery_code_used"} in posted


class Counting:
    """Stands before the hasher and counts what it is asked."""

    def __init__(self, hasher: Any) -> None:
        self.hasher, self.verified = hasher, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.hasher, name)

    def verify(self, stored: str, typed: str) -> bool:
        self.verified += 1
        return bool(self.hasher.verify(stored, typed))


def plain(page: str) -> str:
    """A page without the tokens that differ in every answer, and without what was typed."""
    return re.sub(r'(name="csrf_token"[^>]*value="|X-CSRFToken": "|id="name"[^>]*value=")[^"]*', "", page)


@pytest.mark.parametrize("case", ["unknown", "disabled", "left", "no password yet"])
def test_security_5_every_refused_name_gets_the_same_answer_by_the_same_path(
    case: str, app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(passwords.HASHER)
    monkeypatch.setattr(passwords, "HASHER", counting)
    passwords._nobodys()
    known = with_token(client).post("/sign-in", data={"name": "principal", "password": "not the password"})
    name = "nobody.there" if case == "unknown" else "evaluator"
    if case == "disabled":
        change(cast["evaluator"], disabled_at=func.now())
    if case == "left":
        with trail.act(SYSTEM, "system", "test.change"):
            db.session.execute(text("update persons set left_on = '2021-01-01' where name = :n"), {"n": "周砚宁"})
    if case == "no password yet":
        change(cast["evaluator"], password_hash="")
    before, entries = counting.verified, _entries()
    password = "not the password" if case == "unknown" else PASSWORD
    other = with_token(app.test_client()).post("/sign-in", data={"name": name, "password": password})
    assert (other.status_code, plain(other.text)) == (known.status_code, plain(known.text))
    assert (counting.verified - before, _entries() - entries) == (1, 1)


def _entries() -> int:
    return int(db.session.execute(text("select seq from audit.head()")).scalar() or 0)


def test_security_5_asking_for_a_new_password_tells_nothing_about_the_name(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    pages = []
    for name in ("principal", "nobody.there"):
        browser = with_token(app.test_client())
        asked = browser.post("/sign-in/forgotten", data={"name": name})
        assert (asked.status_code, asked.location) == (303, "/sign-in/new-password")
        page = browser.get("/sign-in/new-password").text
        pages.append(re.sub(r"\d{3} \d{3}</b>|\d\d:\d\d", "", plain(page)))
    assert pages[0] == pages[1]


def test_security_6_the_list_of_refused_passwords_is_long_and_local() -> None:
    assert len(passwords.refused()) >= 3000
    assert len({word for word in passwords.refused() if len(word) >= passwords.SHORTEST}) >= 3000


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("短密码", passwords.TOO_SHORT),
        ("x" * 129, passwords.TOO_LONG),
        ("aaaabbbbaaaabbbb", passwords.TOO_PLAIN),
        ("123456789012", passwords.TOO_COMMON),
        ("p@ssw0rd2026!!", passwords.TOO_COMMON),
        ("qwertyuiopasdf", passwords.TOO_COMMON),
        ("jiaoyuju2026qinglan", passwords.TOO_COMMON),
        ("qinglanxianjiaoyuju", passwords.TOO_COMMON),
        ("woaiwojia5201314", passwords.TOO_COMMON),
        ("ｐａｓｓｗｏｒｄ２０２６！！", passwords.TOO_COMMON),
        ("xuexiao-laoshi-2026", passwords.TOO_COMMON),
        ("shenyanqiu-8812", passwords.TOO_CLOSE),
        ("沈砚秋沈砚秋2026加油吧", passwords.TOO_CLOSE),
        ("principal-7731-x", passwords.TOO_CLOSE),
    ],
)
def test_security_6_common_and_own_words_are_refused(typed: str, refused: Any) -> None:
    assert (
        passwords.refusal(typed, ("principal", "沈砚秋", "清澜县双桥中学", "双桥中学", "清澜县教育局", "清澜县"))
        == refused
    )


@pytest.mark.parametrize(
    "typed", [PASSWORD, "correct horse battery", "雨后的操场有三只麻雀在散步", "k7-Trombone?Fjord"]
)
def test_security_6_a_sentence_of_ones_own_is_taken_without_rules(typed: str) -> None:
    assert passwords.refusal(typed, ("principal", "沈砚秋", "清澜县双桥中学")) is None


def test_security_7_argon2id_with_64_mib_and_three_rounds() -> None:
    stored = passwords.hash_password(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,")
    assert passwords.password_fits(stored, PASSWORD) and not passwords.password_fits(stored, PASSWORD + "x")


def test_security_7_an_older_hash_is_renewed_at_sign_in(app: Flask, client: FlaskClient, cast: Cast) -> None:
    from argon2 import PasswordHasher

    change(cast["principal"], password_hash=PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD))
    assert halfway(client, "principal").status_code == 303
    stored = db.session.scalar(select(Account.password_hash).where(Account.id == cast["principal"].account_id))
    assert stored is not None and stored.startswith("$argon2id$v=19$m=65536,t=3,")


def test_security_7_nothing_over_128_characters_is_hashed(
    app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(passwords.HASHER)
    monkeypatch.setattr(passwords, "HASHER", counting)
    answer = with_token(client).post("/sign-in", data={"name": "principal", "password": "長" * 129})
    assert (answer.status_code, counting.verified) == (422, 0)
    with pytest.raises(ValueError, match="128"):
        passwords.hash_password("x" * 129)


def wrong(client: FlaskClient, name: str = "principal", address: str = "192.0.2.1") -> Any:
    """One failed try at the first step."""
    data = {"name": name, "password": "not the password"}
    return with_token(client).post("/sign-in", data=data, environ_overrides={"REMOTE_ADDR": address})


LIMITS = [
    ("account", limits.ACCOUNT, lambda n: ("principal", f"192.0.2.{n}")),
    ("unknown name", limits.ACCOUNT, lambda n: ("nobody.there", f"192.0.2.{n}")),
    (
        "address",
        limits.Limit("address", 3, limits.QUARTER, limits.QUARTER, limits.QUARTER),
        lambda n: (f"n{n}", "192.0.2.9"),
    ),
    (
        "system",
        limits.Limit("system", 3, limits.QUARTER, limits.QUARTER, limits.QUARTER),
        lambda n: (f"n{n}", f"192.0.2.{n}"),
    ),
]


@pytest.mark.parametrize(("which", "limit", "who"), LIMITS, ids=[row[0] for row in LIMITS])
def test_security_8_each_limit_delays_alone(
    which: str,
    limit: limits.Limit,
    who: Any,
    app: Flask,
    client: FlaskClient,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from app.people.identity import sign_in as door

    if which in ("address", "system"):
        monkeypatch.setattr(door, which.upper(), limit)
    for number in range(limit.free):
        assert wrong(client, *who(number)).status_code == 422
    delayed = wrong(client, *who(99))
    assert delayed.status_code == 429
    assert "分钟后再试" in delayed.text


def test_security_8_the_sixth_failure_waits_longer_each_time_and_never_for_ever(
    app: Flask, client: FlaskClient, cast: Cast, clock: Any
) -> None:
    for _ in range(5):
        assert wrong(client).status_code == 422
    waits = []
    for _ in range(6):
        with pytest.raises(limits.TooSoon) as soon:
            limits.take(limits.ACCOUNT, limits.hashed(app.secret_key or b"", "principal"))
        waits.append(soon.value.minutes)
        clock.advance(minutes=soon.value.minutes, seconds=1)
        assert wrong(client).status_code == 422
    assert waits == [1, 2, 4, 8, 15, 15]
    clock.advance(minutes=16)
    assert halfway(client, "principal").status_code == 303


def test_security_8_strangers_cannot_shut_out_a_browser_that_signed_in_before(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    halfway(client, "principal")
    with_token(client).post("/sign-in/code", data={"code": code(cast["principal"])})
    stranger = app.test_client()
    for _ in range(5):
        wrong(stranger)
    assert wrong(stranger).status_code == 429
    assert halfway(stranger, "principal").status_code == 429
    assert halfway(client, "principal").status_code == 303


def test_security_8_a_mark_of_another_account_helps_nobody(app: Flask, client: FlaskClient, cast: Cast) -> None:
    halfway(client, "evaluator")
    with_token(client).post("/sign-in/code", data={"code": code(cast["evaluator"])})
    for _ in range(5):
        wrong(client)
    assert wrong(client).status_code == 429


def test_security_8_simultaneous_tries_pass_only_as_far_as_they_are_free(committed: Flask, cast: Cast) -> None:
    for number in range(10):
        met = race(committed, THREADS, lambda _, n=number: limits.take(limits.ACCOUNT, f"race {n}"))
        assert sum(not isinstance(one, limits.TooSoon) for one in met) == limits.ACCOUNT.free


def test_security_8_limits_are_rows_and_survive_the_loss_of_redis(app: Flask, client: FlaskClient, cast: Cast) -> None:
    for _ in range(5):
        wrong(client)
    counted = db.session.execute(text("select count from attempts where bucket like 'account:%'")).scalars().all()
    assert counted == [5]
    assert limits.throttle._in_memory_fallback_enabled


def test_security_8_the_second_factor_has_its_own_limit(app: Flask, client: FlaskClient, cast: Cast) -> None:
    halfway(client, "principal")
    for _ in range(5):
        assert with_token(client).post("/sign-in/code", data={"code": "000000"}).status_code == 422
    assert with_token(client).post("/sign-in/code", data={"code": code(cast["principal"])}).status_code == 429

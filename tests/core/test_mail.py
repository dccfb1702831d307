"""Letters reach a real SMTP server, once more when it stumbles, and say nothing that outsiders may not read."""

import datetime
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tenacity import wait_none

from app.core.mail import SUBJECTS, UNSPEAKABLE, Letter, Mailer, MailRefused, MailUnreachable

LETTER = Letter("liu.min@school.example", "刘老师，您好：\n\n您有一项待办，请登录查看。\n", key="letter:42:7")
SENDER = "bihuan@county.example"


class Postbox:
    """Keeps what arrives; `answers` are given first, one per letter."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.answers: list[str] = []
        self.recipient_answers: list[str] = []
        self.secure: list[bool] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.arrived.append(message_from_bytes(envelope.content, policy=policy.default))
        self.envelopes.append(envelope)
        self.secure.append(session.ssl is not None)
        return "250 OK"


Starter = Callable[..., Controller]


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def start(postbox: Postbox) -> Iterator[Starter]:
    running: list[Controller] = []

    def run(**options: Any) -> Controller:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(postbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return controller

    yield run
    for controller in running:
        controller.stop()


@pytest.fixture
def mailer(start: Starter) -> Mailer:
    return Mailer(f"smtp://127.0.0.1:{start().port}", SENDER, wait=wait_none())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.county.example")])
    begin = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - datetime.timedelta(days=1))
        .not_valid_after(begin + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


def test_a_letter_arrives_in_chinese_with_a_subject_that_says_nothing(mailer: Mailer, postbox: Postbox) -> None:
    mailer.send(LETTER)

    [message] = postbox.arrived
    assert message["Subject"] == "您有一项待办"
    assert (message["To"], message["From"]) == (LETTER.to, SENDER)
    assert message.get_content().replace("\r\n", "\n") == LETTER.body
    assert message.get_content_type() == "text/plain" and message.get_content_charset() == "utf-8"
    assert message["Auto-Submitted"] == "auto-generated"
    assert postbox.envelopes[0].mail_from == SENDER and postbox.envelopes[0].rcpt_tos == [LETTER.to]


def test_the_english_subject_says_as_little(mailer: Mailer, postbox: Postbox) -> None:
    mailer.send(Letter("a@school.example", "Sign in to see it.", "k", language="en"))

    assert postbox.arrived[0]["Subject"] == SUBJECTS["en"] == "You have a task"


def test_the_same_effect_has_the_same_message_id_and_another_one_another(mailer: Mailer, postbox: Postbox) -> None:
    first = mailer.send(LETTER)
    second = mailer.send(LETTER)
    other = mailer.send(Letter(LETTER.to, LETTER.body, "letter:42:8"))

    assert first == second == postbox.arrived[0]["Message-ID"] != other
    assert first.endswith("@county.example>") and "42" not in first[:34]


@pytest.mark.parametrize("word", UNSPEAKABLE)
def test_a_notice_never_speaks_of_what_only_the_application_may_show(
    mailer: Mailer, postbox: Postbox, word: str
) -> None:
    with pytest.raises(ValueError, match=word):
        mailer.send(Letter(LETTER.to, f"关于{word}的通知", "k"))
    assert postbox.arrived == []


def test_a_server_that_asks_to_come_back_gets_the_letter_once(mailer: Mailer, postbox: Postbox) -> None:
    postbox.answers = ["451 later", "421 busy"]

    mailer.send(LETTER)
    assert len(postbox.arrived) == 1


def test_a_server_that_stays_busy_leaves_the_letter_to_the_outbox(mailer: Mailer, postbox: Postbox) -> None:
    postbox.recipient_answers = ["450 greylisted"] * 3

    with pytest.raises(MailUnreachable, match="450"):
        mailer.send(LETTER)
    assert postbox.recipient_answers == [] and postbox.arrived == []


@pytest.mark.parametrize("stage", ["answers", "recipient_answers"])
def test_a_final_refusal_is_not_repeated(mailer: Mailer, postbox: Postbox, stage: str) -> None:
    setattr(postbox, stage, ["550 no such person", "550 no such person"])

    with pytest.raises(MailRefused, match="550"):
        mailer.send(LETTER)
    assert len(getattr(postbox, stage)) == 1


def test_no_server_at_all_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(MailUnreachable, match="ConnectionRefusedError"):
        Mailer(f"smtp://127.0.0.1:{port}", SENDER, wait=wait_none()).send(LETTER)


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "a@b.example\nX: y", "刘@校.example"],
)
def test_an_address_that_is_none_or_several_is_refused(mailer: Mailer, postbox: Postbox, address: str) -> None:
    with pytest.raises(MailRefused):
        mailer.send(Letter(address, "x", "k"))
    assert postbox.arrived == []


def test_a_body_with_line_breaks_cannot_add_headers(mailer: Mailer, postbox: Postbox) -> None:
    mailer.send(Letter(LETTER.to, "x\r\nBcc: c@d.example\r\n.\r\nMAIL FROM:<x@y>\r\n", "k"))

    assert len(postbox.arrived) == 1 and postbox.arrived[0]["Bcc"] is None
    assert postbox.envelopes[0].rcpt_tos == [LETTER.to]


# Encryption ----------------------------------------------------------------------------------------------------------


def test_smtps_checks_the_certificate(
    start: Starter, postbox: Postbox, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    authority, context = certificate
    server = start(ssl_context=context)

    Mailer(f"smtps://127.0.0.1:{server.port}?ca={authority}", SENDER, wait=wait_none()).send(LETTER)
    with pytest.raises(MailUnreachable, match="SSLCertVerificationError"):
        Mailer(f"smtps://127.0.0.1:{server.port}", SENDER, wait=wait_none()).send(LETTER)
    assert len(postbox.arrived) == 1


def test_starttls_is_insisted_upon(start: Starter, postbox: Postbox, certificate: tuple[Path, ssl.SSLContext]) -> None:
    authority, context = certificate
    secure, plain = start(tls_context=context), start()

    Mailer(f"smtp+starttls://127.0.0.1:{secure.port}?ca={authority}", SENDER, wait=wait_none()).send(LETTER)
    with pytest.raises(MailUnreachable, match="SMTPNotSupportedError"):
        Mailer(f"smtp+starttls://127.0.0.1:{plain.port}", SENDER, wait=wait_none()).send(LETTER)
    assert postbox.secure == [True]


def test_a_password_never_travels_in_the_clear(
    start: Starter, postbox: Postbox, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    authority, context = certificate
    heard: list[bytes] = []

    def listen(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        heard.append(given.password)
        return AuthResult(success=given.password == b"p@ss:wort", handled=False)

    secure = start(tls_context=context, authenticator=listen)
    plain = start(authenticator=listen, auth_require_tls=False)
    Mailer(f"smtp://office:p%40ss%3Awort@127.0.0.1:{secure.port}?ca={authority}", SENDER).send(LETTER)
    with pytest.raises(MailUnreachable):
        Mailer(f"smtp://office:p%40ss%3Awort@127.0.0.1:{plain.port}", SENDER, wait=wait_none()).send(LETTER)
    with pytest.raises(MailUnreachable, match="Authentication"):
        Mailer(f"smtp://office:wrong@127.0.0.1:{secure.port}?ca={authority}", SENDER, wait=wait_none()).send(LETTER)

    assert heard[0] == b"p@ss:wort" and set(heard[1:]) == {b"wrong"}
    assert postbox.secure == [True]


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("", SENDER),
        ("http://host", SENDER),
        ("smtp://", SENDER),
        ("smtp://host", "nobody"),
        ("smtp://host", "a@b\nX: y"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_at_start(url: str, sender: str) -> None:
    with pytest.raises(ValueError):
        Mailer(url, sender)

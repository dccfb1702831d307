"""Outgoing e-mail: a plain-text notice that something waits, never what it is about (G8)."""

import hashlib
import smtplib
import ssl
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter
from tenacity.wait import wait_base

from app.core import clock

SUBJECTS = {"zh": "您有一项待办", "en": "You have a task"}
UNSPEAKABLE = (
    "心理",
    "彩虹码",
    "红码",
    "橙码",
    "黄码",
    "绿码",
    "红色",
    "橙色",
    "黄色",
    "绿色",
    "筛查",
    "转介",
    "危机",
    "得分",
)
SECONDS = 20
TRIES = 3
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class MailRefused(Exception):
    """This letter will never be taken: bad address, or refused by the server for good."""


class MailUnreachable(Exception):
    """The server cannot be reached or asks to come back; the outbox tries again later."""


@dataclass(frozen=True)
class Letter:
    """A notice to one address. key: the effect key; the same key always makes the same Message-ID."""

    to: str
    body: str
    key: str
    language: Literal["zh", "en"] = "zh"


class Mailer:
    """Sends letters over one SMTP server.

    url: smtp:// (plain; encrypted before a password is sent), smtp+starttls://, smtps://, each with
    user:password@host:port and optionally ?ca=FILE for a certificate authority of the bureau's own. sender: the From
    address. wait: pause between tries. Raises ValueError when url or sender cannot be used.
    """

    def __init__(self, url: str, sender: str, wait: wait_base | None = None) -> None:
        self.place = urlsplit(url)
        if self.place.scheme not in PORTS or not self.place.hostname:
            raise ValueError("SMTP_URL: write smtp://, smtp+starttls:// or smtps:// and the name of the server")
        self.sender = _address(sender)
        self.wait = wait or wait_exponential_jitter(multiplier=0.5, max=5)
        self.tls = _tls(self.place)

    def send(self, letter: Letter) -> str:
        """Hand the letter to the server; returns its Message-ID. Raises MailRefused or MailUnreachable."""
        message = self._message(letter)
        again = retry_if_exception_type(MailUnreachable)
        for attempt in Retrying(stop=stop_after_attempt(TRIES), wait=self.wait, retry=again, reraise=True):
            with attempt:
                self._deliver(message)
        return str(message["Message-ID"])

    def _message(self, letter: Letter) -> EmailMessage:
        found = [word for word in UNSPEAKABLE if word in letter.body]
        if found:
            raise ValueError(f"a notice may not speak of {found[0]}: it is read outside the application")
        try:
            to = _address(letter.to)
        except ValueError:
            raise MailRefused("the address is not one") from None
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, SUBJECTS[letter.language]
        message["Date"] = format_datetime(clock.machine_now())
        digest = hashlib.sha256(letter.key.encode()).hexdigest()[:32]
        message["Message-ID"] = f"<{digest}@{self.sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = letter.language
        message.set_content(letter.body, charset="utf-8", cte="base64")
        return message

    def _deliver(self, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _verdict(max(codes)) from None
        except smtplib.SMTPDataError as error:
            raise _verdict(error.smtp_code) from None
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnreachable(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        host, port = self.place.hostname or "", self.place.port or PORTS[self.place.scheme]
        named, user = self.sender.domain, self.place.username
        server: smtplib.SMTP
        if self.place.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, port, local_hostname=named, timeout=SECONDS, context=self.tls)
        else:
            server = smtplib.SMTP(host, port, local_hostname=named, timeout=SECONDS)
        try:
            if self.place.scheme == "smtp+starttls" or (self.place.scheme == "smtp" and user):
                server.starttls(context=self.tls)
            if user:
                server.login(unquote(user), unquote(self.place.password or ""))
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server


def _verdict(code: int) -> Exception:
    return MailRefused(f"refused with {code}") if code >= 500 else MailUnreachable(f"asked to come back with {code}")


def _tls(place: SplitResult) -> ssl.SSLContext:
    own = parse_qs(place.query).get("ca")
    return ssl.create_default_context(cafile=own[0] if own else None)


def _address(text: str) -> Address:
    try:
        address = Address(addr_spec=text.strip())
    except (HeaderParseError, ValueError, IndexError):
        raise ValueError("not one e-mail address") from None
    if not address.domain or not text.isascii():
        raise ValueError("not one e-mail address")
    return address

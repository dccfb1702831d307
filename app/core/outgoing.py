"""Messages to another system's address: the one place that speaks HTTP outwards; no redirects, no proxies, five seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.core.on_demand import on_demand

if TYPE_CHECKING:
    import requests
else:
    requests = on_demand("requests")

SECONDS = 5


class NotTaken(Exception):
    """The other side did not take the message; it is sent again later."""


def send(url: str, body: bytes, headers: dict[str, str]) -> None:
    """POST `body` as JSON. Raises NotTaken for anything but a 2xx answer."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(
                url,
                data=body,
                headers={"Content-Type": "application/json", "User-Agent": "Bihuan", **headers},
                timeout=SECONDS,
                allow_redirects=False,
                stream=True,
            )
            answer.close()
        except requests.RequestException as error:
            raise NotTaken(type(error).__name__) from None
    if not 200 <= answer.status_code < 300:
        raise NotTaken(f"answered {answer.status_code}")

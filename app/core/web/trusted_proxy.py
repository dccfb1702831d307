"""Whose word counts about the browser's address: the declared proxies', and nobody else's (security 77)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class TrustedProxy:
    """Takes X-Forwarded-For, -Proto and -Host from requests whose peer is one of `networks`; from others they are dropped."""

    def __init__(self, app: WSGIApplication, networks: Iterable[str]) -> None:
        self.app = app
        self.behind = ProxyFix(app, x_for=1, x_proto=1, x_host=1)
        self.networks = tuple(ipaddress.ip_network(network, strict=False) for network in networks)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        if self._trusts(str(environ.get("REMOTE_ADDR", ""))):
            return self.behind(environ, start_response)
        for name in [name for name in environ if name.startswith("HTTP_X_FORWARDED_")]:
            del environ[name]
        return self.app(environ, start_response)

    def _trusts(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self.networks)

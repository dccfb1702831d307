"""Security headers of every response class, compared exactly in the tests (security 56)."""

from __future__ import annotations

from wsgiref.headers import Headers

from flask import Response, current_app, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
DOWNLOAD_POLICY = "sandbox; default-src 'none'"


def for_static_files(headers: Headers, path: str, url: str) -> None:
    """The same headers on files that are given out before the application is asked; the form WhiteNoise calls."""
    for name, value in HEADERS.items():
        headers[name] = value


def add_headers(response: Response) -> Response:
    """Put the headers on; downloads are sandboxed; nothing but static files may be kept by a browser."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    content_origin = current_app.extensions["bihuan.settings"].content_url.rstrip("/")
    if content_origin:
        response.headers["Content-Security-Policy"] = POLICY.replace(
            "img-src 'self'", f"img-src 'self' {content_origin}"
        )
    if request.endpoint == "sent_in.file":  # shown on our pages, which lie on another origin
        response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response

"""Headers of the hub's own pages (log-in, home, tokens, refusals), and a nonce for the scripts that stand in them.

The hub's templates carry scripts. Each gets a mark when its template is read, before anything of a person is put into the page,
and the mark becomes a fresh nonce when the page is sent: what somebody smuggled into a page has no nonce, and does not run.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import ClassVar, Final

from jinja2.ext import Extension
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

from catalynx.hub.headers import HEADERS, ONE_YEAR_OF_TLS
from catalynx.hub.policies import BARE, POLICY

_NONCE_BYTES: Final = 18
_MARK: Final = secrets.token_urlsafe(_NONCE_BYTES)
"""Nobody outside sees it: every answer has another nonce in its place, just as long, so that lengths stay right."""
_SCRIPT: Final = re.compile(r"<script(?=[\s>])", re.IGNORECASE)


class MarkedScripts(Extension):
    """Marks the scripts of the hub's templates, for ``JupyterHub.jinja_environment_options``."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the text of a template with the mark on its scripts."""
        return _SCRIPT.sub(f'<script nonce="{_MARK}"', source)


class Nonces(OutputTransform):
    """Puts a fresh nonce in place of the mark, and the headers on every answer, for ``transforms`` of tornado's settings.

    The hub itself puts headers on its pages and on the answers of its API, and none on scripts and styles.
    """

    always: ClassVar[Mapping[str, str]] = {}

    def __init__(self, request: HTTPServerRequest) -> None:
        self._nonce, self._page = secrets.token_urlsafe(_NONCE_BYTES), False

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Give a page the policy with its nonce, all else the bare one, and put the nonce into the page's first part."""
        self._page = headers.get("Content-Type", "").startswith("text/html") and not 300 <= status_code < 400
        for name, value in self.always.items():
            headers[name] = value
        headers["Content-Security-Policy"] = POLICY.format(nonce=self._nonce) if self._page else BARE
        if self._page and "Etag" in headers:
            # A page that a browser kept would have yesterday's nonce under today's policy.
            del headers["Etag"]
        return status_code, headers, self.transform_chunk(chunk, finishing)

    def transform_chunk(self, chunk: bytes, finishing: bool) -> bytes:
        """Change a part of the page."""
        return chunk.replace(_MARK.encode(), self._nonce.encode()) if self._page else chunk


def hub_transform(*, tls: bool) -> type[Nonces]:
    """Return `Nonces` with the headers of all answers, where browsers come by TLS or not."""
    ours = {name.decode(): value.decode() for name, value in HEADERS}
    if tls:
        name, value = ONE_YEAR_OF_TLS
        # Servers of analysts may have hosts below the hub's.
        ours[name.decode()] = value.decode() + "; includeSubDomains"

    class WithHeaders(Nonces):
        always = ours

    return WithHeaders

"""Notebook apps for one local user, on loopback, behind a link with a token.

``python -m catalynx.hub.local_apps FOLDER`` takes the options of ``voila``, e.g. ``--port=8866``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform
from traitlets import default
from voila.app import Voila

from catalynx.errors import BadParameter, CatalynxError
from catalynx.hub.headers import HEADERS
from catalynx.hub.notebook_apps import JupyterPlaces, become

LOOPBACK: Final = "127.0.0.1"


class WithHeaders(OutputTransform):
    """Puts the security headers on every answer; the pages' policy of what may be fetched stands in the pages."""

    ours: ClassVar[Mapping[str, str]] = {
        "Content-Security-Policy": "frame-ancestors 'none'",
        **{name.decode(): value.decode() for name, value in HEADERS},
    }

    def __init__(self, request: HTTPServerRequest) -> None:
        """Need nothing of the request."""

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add the headers."""
        for name, value in self.ours.items():
            headers[name] = value
        return status_code, headers, chunk


class LocalApps(Voila):
    """Voila on loopback alone, with a token, and with the checks of hosts and forgeries that JupyterLab has."""

    @default("ip")
    def _on_loopback(self) -> str:
        return LOOPBACK

    @default("auto_token")
    def _with_token(self) -> bool:
        return True

    @default("open_browser")
    def _without_browser(self) -> bool:
        # The browser that Voila opens is not told the token.
        return False

    def initialize(self, argv: Any = None) -> None:
        """Read options; what opens the apps to others is refused."""
        super().initialize(argv)
        if self.ip not in (LOOPBACK, "localhost", "::1"):
            raise BadParameter("ip", self.ip, f"{LOOPBACK}: apps of notebooks run as you, for you alone; others come by the hub")
        if self.token == "" or not self.auto_token:
            raise BadParameter("token", "", "a link with a token, which is there when nothing is said of it")

    def init_settings(self) -> dict[str, Any]:
        """Return Voila's settings, with our headers and checks."""
        return {
            **super().init_settings(),
            "allow_remote_access": False,
            "local_hostnames": ["localhost"],
            "xsrf_cookies": True,
            "transforms": [WithHeaders],
        }


def main() -> None:
    """Serve until Ctrl-C."""
    if not JupyterPlaces().has_ours():
        become("catalynx.hub.local_apps", sys.argv[1:])
    try:
        LocalApps.launch_instance(sys.argv[1:])
    except CatalynxError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

"""Serve the pages to one local user, at a link with a token, as ``jupyter lab`` does it."""

from __future__ import annotations

import getpass
import ipaddress
import secrets
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from catalynx.errors import BadParameter, CatalynxError
from dashboards.fragments import STATIC, fragment
from dashboards.gate import SESSION_HEADER, LocalGate
from dashboards.pages import find_pages
from dashboards.shell import page_application

if TYPE_CHECKING:
    from datetime import date

    import uvicorn

    from catalynx.settings import Settings
    from dashboards.answers import Workbench

LOOPBACK = "127.0.0.1"


def serve(
    settings: Settings,
    port: int = 0,
    open_browser: bool = False,
    *,
    host: str = LOOPBACK,
    as_of: date | None = None,
    workbench: Workbench | None = None,
    announce: Callable[[str], None] = partial(print, flush=True),
) -> None:
    """Serve the pages until Ctrl-C; prints the link once it works.

    Parameters
    ----------
    settings : where the workspace is
    port : 0 takes a free one
    open_browser : open the link in the browser as well
    host : an address of this machine that no other can reach
    as_of : the day for which everything is judged; None is today
    workbench : whom the pages ask; the workspace of `settings` when None
    announce : called with each line for the person who started it

    Raises
    ------
    BadParameter
        `host` can be reached from other machines, or `port` is taken.
    """
    import uvicorn

    if workbench is None:
        from dashboards.workspace import WorkspaceWorkbench

        workbench = WorkspaceWorkbench(settings, as_of=as_of)
    listening = _listen(host, port)
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(24)
    announce("Reading the data…")
    application = make_application(workbench, token=token, port=port, warm=True)
    link = f"http://{host}:{port}/?token={token}"
    announce(f"Catalynx is at\n\n    {link}\n\nOnly this computer can reach it. Ctrl-C ends it.")
    if open_browser:
        import webbrowser

        webbrowser.open(link)
    with suppress(KeyboardInterrupt), listening:
        uvicorn.Server(server_config(application)).run(sockets=[listening])
    announce("Catalynx has ended.")


def server_config(application: LocalGate) -> uvicorn.Config:
    """Return how the application is run: one process, no access log (it would hold the token of the link), small messages."""
    import uvicorn

    return uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws_max_size=4 * 2**20,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=2,
        lifespan="on",
    )


def make_application(workbench: Workbench, *, token: str, port: int, user: str | None = None, warm: bool = False) -> LocalGate:
    """Return the whole application, gate outermost.

    Parameters
    ----------
    workbench : whom the pages ask
    token : the secret of the link
    port : on which it will be served; requests that speak of another are refused
    user : name on the pages; the one of the system when None
    warm : make every page once, so that the first visitor does not wait for what is loaded then
    """
    from bokeh.server.auth import AuthPolicy
    from fastapi import FastAPI
    from fastapi.responses import HTMLResponse, RedirectResponse
    from fastapi.staticfiles import StaticFiles
    from panel.io.asgi import warm_applications
    from panel.io.fastapi import add_applications

    user = user or getpass.getuser()
    pages = find_pages()
    nonce_mark = f"nonce-{secrets.token_hex(16)}"
    inner = FastAPI(title="Catalynx", docs_url=None, redoc_url=None, openapi_url=None)
    inner.mount("/assets", StaticFiles(directory=STATIC))

    @inner.get("/", include_in_schema=False)
    def first() -> RedirectResponse:
        return RedirectResponse(pages[0].path, status_code=303)

    @inner.exception_handler(404)
    async def missing(request: Any, error: Any) -> HTMLResponse:
        return HTMLResponse(str(fragment("missing.html", first=pages[0])), status_code=404)

    _prepare_panel()
    served = add_applications(
        {page.path: page_application(page, pages, workbench, user, nonce_mark) for page in pages},
        app=inner,
        title={page.path: f"{page.name} · Catalynx" for page in pages},
        auth_policy=AuthPolicy(_bound_user),
        include_headers=[SESSION_HEADER],
        include_cookies=[],
        sign_sessions=True,
        secret_key=secrets.token_bytes(32),
        index_enabled=False,
        ico_path="none",
    )
    if warm:
        # Its errors belong on the page.
        with suppress(CatalynxError):
            for profile in workbench.profiles()[:1]:
                workbench.answers(profile.profile_id)
        warm_applications({path: context.application for path, context in served.applications.items()})
    hosts = [f"{name}:{port}" for name in (LOOPBACK, "localhost")]
    return LocalGate(inner, token=token, hosts=hosts, user=user, nonce_mark=nonce_mark)


def _bound_user(request: Any) -> dict[str, str] | None:
    """Return who it is, if the page's token was made for the same session as the request.

    A signed token of one session would open the page of another otherwise.
    """
    from bokeh.util.token import get_token_payload

    user = request.state.get("user")
    offered = request.headers.get("sec-websocket-protocol", "")
    if user and offered.startswith("bokeh"):
        try:
            payload = get_token_payload(offered.split(",")[1].strip())
            bound = payload["headers"][SESSION_HEADER]
        except (IndexError, KeyError, ValueError, AssertionError, TypeError):
            return None
        return user if secrets.compare_digest(bound, user["session"]) else None
    return user


def _prepare_panel() -> None:
    import panel as pn

    from catalynx.figures.drawing import holoviews

    pn.extension(inline=False)
    pn.config.browser_info = False
    holoviews()


def _listen(host: str, port: int) -> socket.socket:
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local or host not in (LOOPBACK, "localhost"):
        raise BadParameter("host", host, f"{LOOPBACK} or localhost: without log-in, other machines must not reach it")
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
        # From here on a visitor waits for the server instead of being turned away.
        listening.listen(128)
    except (OSError, OverflowError):
        listening.close()
        raise BadParameter("port", port, "a port that no other program uses: `--port 0` takes a free one") from None
    return listening

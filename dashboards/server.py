"""Serve the pages to one local user, at a link with a token, as ``jupyter lab`` does it."""

from __future__ import annotations

import getpass
import ipaddress
import secrets
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from catalynx.errors import BadParameter, CatalynxError
from catalynx.hub import Application, Gate, LocalLink, Permission
from dashboards.background import at_work
from dashboards.files import add_files
from dashboards.fragments import STATIC, fragment
from dashboards.pages import Beside, find_pages
from dashboards.programs import ISSUER, opened_api, scraping
from dashboards.roles import RoleGate
from dashboards.shell import page_application
from dashboards.visitors import SESSION_HEADER, bound_person, current_person, trying_pages

if TYPE_CHECKING:
    from datetime import date

    import uvicorn
    from fastapi import FastAPI

    from catalynx.hub import Limits, Person, Strategy
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
    address = f"http://{host}:{port}"
    with opened_api(settings, f"{ISSUER}:{port}") as programs:
        application = make_application(
            workbench, token=token, port=port, warm=True, programs=programs, more_ways_in=scraping(settings)
        )
        link = f"{address}/?token={token}"
        announce(f"Catalynx is at\n\n    {link}\n\nThe API is at {address}/api, described at {address}/api/docs.")
        announce("Only this computer can reach it. Ctrl-C ends it.")
        if open_browser:
            import webbrowser

            webbrowser.open(link)
        with suppress(KeyboardInterrupt), listening, at_work(settings):
            uvicorn.Server(server_config(application)).run(sockets=[listening])
    announce("Catalynx has ended.")


def server_config(application: Application, port: int = 0) -> uvicorn.Config:
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
        host=LOOPBACK,
        port=port,
        proxy_headers=False,
    )


def make_application(
    workbench: Workbench,
    *,
    token: str,
    port: int,
    user: str | None = None,
    warm: bool = False,
    programs: tuple[FastAPI, Strategy] | None = None,
    more_ways_in: Sequence[Strategy] = (),
    limits: Limits | None = None,
) -> Gate:
    """Return the whole application for one local user, gate outermost.

    Parameters
    ----------
    workbench : whom the pages ask
    token : the secret of the link
    port : on which it will be served; requests that speak of another are refused
    user : name on the pages; the one of the system when None
    warm : make every page once, so that the first visitor does not wait for what is loaded then
    programs : the API, and the way in for its tokens
    more_ways_in : asked before that one
    limits : sizes and rates; the usual ones when None
    """
    nonce_mark = new_nonce_mark()
    api, ways_in = (programs[0], [programs[1]]) if programs else (None, [])
    inner = make_pages(lambda person: workbench, nonce_mark=nonce_mark, warm=warm, api=api)
    hosts = [f"{name}:{port}" for name in (LOOPBACK, "localhost")]
    link = LocalLink(token=token, user=user or getpass.getuser(), port=port, notice=refused)
    ways_in = [link, *more_ways_in, *ways_in]
    return Gate(inner, ways_in, hosts=hosts, nonce_mark=nonce_mark, notice=refused, limits=limits)


def refused(title: str, why: str) -> str:
    """Return the page for who has no link."""
    return str(fragment("refused.html", title=title, why=why))


def new_nonce_mark() -> str:
    """Return text that stands for the nonce in pages; unguessable, so that data cannot hold it."""
    return f"nonce-{secrets.token_hex(16)}"


def make_pages(
    workbench_of: Callable[[Person], Workbench],
    *,
    nonce_mark: str,
    prefix: str = "",
    warm: bool = False,
    api: FastAPI | None = None,
    beside: Sequence[Beside] = (),
) -> Application:
    """Return what is behind a gate: the pages and their scripts and styles.

    Parameters
    ----------
    workbench_of : gives whom the pages ask for one person
    nonce_mark : what the gate replaces by the nonce of each answer
    prefix : path in front of all that is served, without a slash at its end; the gate says it as ``root_path``
    warm : make every page once, so that the first visitor does not wait for what is loaded then
    api : stands beside the pages, under ``/api``
    beside : further places to which the navigation leads
    """
    from bokeh.server.auth import AuthPolicy
    from fastapi import FastAPI
    from fastapi.responses import HTMLResponse, RedirectResponse
    from fastapi.staticfiles import StaticFiles
    from panel.io.asgi import warm_applications
    from panel.io.fastapi import add_applications

    pages = find_pages()
    described = [Beside("API", f"{prefix}/api/docs", Permission.RUN)] if api is not None else []
    found = [replace(page, path=prefix + page.path) for page in pages]
    inner = FastAPI(title="Catalynx", docs_url=None, redoc_url=None, openapi_url=None)
    inner.mount("/assets", StaticFiles(directory=STATIC))
    if api is not None:
        inner.mount("/api", api)

    @inner.get("/", include_in_schema=False)
    def first() -> RedirectResponse:
        return RedirectResponse(found[0].path, status_code=303)

    @inner.exception_handler(404)
    async def missing(request: Any, error: Any) -> HTMLResponse:
        return HTMLResponse(str(fragment("missing.html", first=found[0])), status_code=404)

    add_files(inner, workbench_of)
    _prepare_panel()
    served = add_applications(
        {
            page.path: page_application(linked, found, workbench_of, nonce_mark, prefix, [*beside, *described])
            for page, linked in zip(pages, found, strict=True)
        },
        app=inner,
        title={page.path: f"{page.name} · Catalynx" for page in pages},
        auth_policy=AuthPolicy(partial(_let_in, {page.path: page.permission for page in pages}, prefix)),
        include_headers=[SESSION_HEADER],
        include_cookies=[],
        sign_sessions=True,
        secret_key=secrets.token_bytes(32),
        index_enabled=False,
        ico_path="none",
    )
    if warm:
        with trying_pages():
            _read_once(workbench_of(current_person()))
            warm_applications({path: context.application for path, context in served.applications.items()})
    # Around it, since what is added to the framework does not stand before the pages.
    return RoleGate(inner, permissions={page.path: page.permission for page in pages}, prefix=prefix)


def _let_in(permissions: dict[str, Permission], prefix: str, request: Any) -> Person | None:
    """Return the person of a request for a page, on http and websocket alike, if they may see that page."""
    person = bound_person(request)
    path = "/" + request.path.removeprefix(prefix).lstrip("/").partition("/")[0]
    return person if person is not None and person.may(permissions.get(path, Permission.VIEW)) else None


def _read_once(workbench: Workbench) -> None:
    """Read what the first visitor will ask for; an error of it belongs on the page."""
    with suppress(CatalynxError):
        for profile in workbench.profiles()[:1]:
            workbench.answers(profile.profile_id)


def _prepare_panel() -> None:
    import panel as pn
    import pyarrow as pa

    # Arrow's own pool keeps what a large question needed, some 40 MB of it; the system takes it back.
    pa.set_memory_pool(pa.system_memory_pool())

    from catalynx.figures.drawing import holoviews
    from dashboards.on_loop import keep_documents_on_the_loop

    keep_documents_on_the_loop()
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

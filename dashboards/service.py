"""Serve pages and API as the hub's service: one process, on loopback, behind the hub's proxy and one gate."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dashboards.background import at_work
from dashboards.server import make_pages, new_nonce_mark, server_config
from dashboards.workspace import WorkspaceWorkbench

if TYPE_CHECKING:
    import uvicorn

    from catalynx.hub import Gate
    from catalynx.hub.settings import ServiceSettings
    from catalynx.settings import Settings

ALIVE_SECONDS = 1.0


def serve_for_hub(settings: Settings, service: ServiceSettings) -> None:
    """Serve until the hub ends it, or until the hub is gone."""
    import uvicorn

    hub = os.getppid()
    server = uvicorn.Server(server_config(make_service(settings, service), port=service.port))
    with at_work(settings):
        asyncio.run(_serve(server, hub))


def make_service(settings: Settings, service: ServiceSettings) -> Gate:
    """Return the whole application, gate outermost."""
    from jupyterhub.services.auth import HubOAuth

    from catalynx.hub import Gate, HubBrowser, HubLogIn, HubToken

    prefix, public = service.service_prefix, urlsplit(service.public_url)
    workbench = WorkspaceWorkbench(settings)
    nonce_mark = new_nonce_mark()
    inner = make_pages(workbench.for_person, nonce_mark=nonce_mark, prefix=prefix.rstrip("/"), warm=True)
    tls = public.scheme == "https"
    login = HubLogIn(HubOAuth(), prefix=prefix, secure=tls)
    return Gate(
        inner,
        [HubBrowser(login, prefix=prefix), HubToken(login)],
        hosts=[public.netloc],
        nonce_mark=nonce_mark,
        prefix=prefix.rstrip("/"),
        tls=tls,
        notice=_notice,
    )


def _notice(title: str, why: str) -> str:
    from catalynx.hub import notice

    return notice(title, why).decode()


async def _serve(server: uvicorn.Server, hub: int) -> None:
    """Serve; a hub that was killed leaves the port free for the service that it starts when it is back."""
    serving = asyncio.create_task(server.serve())
    while not serving.done():
        await asyncio.wait([serving], timeout=ALIVE_SECONDS)
        if os.getppid() != hub:
            server.should_exit = True
    await serving

"""Serve the pages as the hub's service: one process, on loopback, behind the hub's proxy and one gate."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from catalynx.hub.settings import ServiceSettings
from dashboards.hub_gate import HubGate
from dashboards.server import make_pages, new_nonce_mark, server_config
from dashboards.workspace import WorkspaceWorkbench

if TYPE_CHECKING:
    import uvicorn

    from catalynx.settings import Settings

ALIVE_SECONDS = 1.0


def serve_for_hub(settings: Settings, service: ServiceSettings) -> None:
    """Serve until the hub ends it, or until the hub is gone."""
    import uvicorn

    application = make_service(settings, service)
    server = uvicorn.Server(server_config(application, port=service.port))
    asyncio.run(_serve(server, os.getppid()))


def make_service(settings: Settings, service: ServiceSettings) -> HubGate:
    """Return the whole application, gate outermost."""
    from jupyterhub.services.auth import HubOAuth

    from catalynx.hub import HubLogIn

    prefix = service.service_prefix
    workbench = WorkspaceWorkbench(settings)
    nonce_mark = new_nonce_mark()
    inner = make_pages(workbench.for_person, nonce_mark=nonce_mark, prefix=prefix.rstrip("/"), warm=True)
    secure = service.public_url.startswith("https:")
    login = HubLogIn(HubOAuth(), prefix=prefix, secure=secure)
    return HubGate(inner, login=login, prefix=prefix, public_url=service.public_url, nonce_mark=nonce_mark)


async def _serve(server: uvicorn.Server, hub: int) -> None:
    """Serve; a hub that was killed leaves the port free for the service that it starts when it is back."""
    serving = asyncio.create_task(server.serve())
    while not serving.done():
        await asyncio.wait([serving], timeout=ALIVE_SECONDS)
        if os.getppid() != hub:
            server.should_exit = True
    await serving

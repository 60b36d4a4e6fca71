"""Serve pages and API as the hub's service: one process, on loopback, behind the hub's proxy and one gate."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from dashboards.background import at_work
from dashboards.pages import Beside
from dashboards.programs import opened_api, scraping
from dashboards.server import make_pages, new_nonce_mark, server_config
from dashboards.workspace import WorkspaceWorkbench

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from catalynx.hub import Gate, HubStanding, ServiceSettings, Strategy
    from catalynx.settings import Settings

ALIVE_SECONDS = 1.0


def serve_for_hub(settings: Settings, service: ServiceSettings) -> None:
    """Serve until the hub ends it, or until the hub is gone."""
    import uvicorn

    hub, audience = os.getppid(), service.public_url + service.service_prefix.lstrip("/")
    with opened_api(settings, audience, standing=_standing()) as programs, at_work(settings):
        server = uvicorn.Server(server_config(make_service(settings, service, programs), port=service.port))
        asyncio.run(_serve(server, hub))


def make_service(settings: Settings, service: ServiceSettings, programs: tuple[FastAPI, Strategy]) -> Gate:
    """Return the whole application, gate outermost.

    Parameters
    ----------
    settings : where the workspace is
    service : what the hub told its service
    programs : the API, and the way in for its own tokens
    """
    from jupyterhub.services.auth import HubOAuth

    from catalynx.hub import Gate, HubBrowser, HubLogIn, HubToken, InRedis, Limits, Permission

    prefix, public = service.service_prefix, urlsplit(service.public_url)
    workbench = WorkspaceWorkbench(settings)
    nonce_mark = new_nonce_mark()
    tls, auth = public.scheme == "https", HubOAuth()
    hub = auth.hub_host + auth.hub_prefix
    beside = [
        # An app runs on the reader's own server, which is started first where it is not there.
        Beside(
            "Notebook apps",
            f"{hub}spawn?next={quote(f'{auth.hub_prefix}user-redirect/voila/tree/guides', safe='')}",
            Permission.RUN,
        ),
        Beside("JupyterLab", f"{hub}home", Permission.RUN),
        Beside("Administration", f"{hub}admin", Permission.ADMIN),
    ]
    inner = make_pages(
        workbench.for_person, nonce_mark=nonce_mark, prefix=prefix.rstrip("/"), warm=True, api=programs[0], beside=beside
    )
    login = HubLogIn(auth, prefix=prefix, secure=tls)
    return Gate(
        inner,
        [HubBrowser(login, prefix=prefix), *scraping(settings, prefix.rstrip("/")), programs[1], HubToken(login)],
        hosts=[public.netloc],
        nonce_mark=nonce_mark,
        prefix=prefix.rstrip("/"),
        tls=tls,
        limits=Limits(InRedis(redis) if (redis := settings.redis_url.get_secret_value()) else None),
        notice=_notice,
    )


def _standing() -> HubStanding:
    """Return what asks the hub what somebody may, with the addresses and the token that the hub gave to its service."""
    from jupyterhub.services.auth import HubOAuth

    from catalynx.hub import HubStanding

    auth = HubOAuth()
    return HubStanding(auth.api_url, auth.api_token, access_scopes=frozenset(auth.access_scopes))


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

"""Whether it works, how busy it is, and what Prometheus scrapes."""

from __future__ import annotations

import importlib.metadata
import platform
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from catalynx import __version__
from catalynx.api.access import OPEN, needs
from catalynx.api.desk import At, Desk
from catalynx.api.models.operation import Health, SystemStatus
from catalynx.errors import CatalynxError
from catalynx.hub import SCRAPE, Permission

ROUTER = APIRouter(tags=["operations"])
_ADMIN = [needs(Permission.ADMIN)]
GOOD_SECONDS: Final = 1.0
"""Anybody may ask for the health: however often they do, the records are asked once a second."""
_LIBRARIES = ("duckdb", "fastapi", "pandas", "pydantic", "sqlalchemy", "starlette", "uvicorn")


@ROUTER.get("/health", dependencies=[OPEN], response_model=Health, summary="Does it work")
async def health(desk: At) -> Response:
    """Return whether records and lake can be used: 200 when it works or works in part, 503 when it does not."""
    told = await _health(desk)
    body = {**told, "timestamp": datetime.now(UTC).isoformat()}
    return JSONResponse(body, 503 if told["status"] == "unhealthy" else 200, headers={"Cache-Control": "no-store"})


@ROUTER.get("/system/status", dependencies=_ADMIN, response_model=SystemStatus, summary="How it stands")
async def status(desk: At) -> dict[str, Any]:
    """Return components, versions, threads, and what is kept in memory."""
    components = await desk.toil(_components, desk)
    return {
        "status": (await _health(desk))["status"],
        "timestamp": datetime.now(UTC),
        "started_at": desk.started_at,
        "versions": {
            "catalynx": __version__, "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in _LIBRARIES},
        },
        "components": components,
        "pools": {pool.name: pool.figures() for pool in (desk.quick, desk.slow)},
        "kept": {"profiles": desk.profiles.figures(), "entities": desk.entities.figures(), "searches": desk.searches.figures()},
        "memory_mb": _memory_mb(),
    }  # fmt: skip


@ROUTER.get(
    "/metrics",
    dependencies=[needs(Permission.ADMIN, also_via=SCRAPE)],
    response_class=Response,
    responses={200: {"description": "Prometheus text", "content": {"text/plain": {}}}},
    summary="What Prometheus scrapes",
)
async def metrics(desk: At) -> Response:
    """Return counts and times by route, to an administrator or with the token of the setting for it."""
    return Response(desk.measures.text(desk), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _health(desk: Desk) -> dict[str, str]:
    known: tuple[float, dict[str, str]] | None = desk.health
    if known is None or monotonic() - known[0] > GOOD_SECONDS:
        told = await desk.ask(_looked_at, desk)
        desk.health = known = (monotonic(), told)
    return known[1]


def _looked_at(desk: Desk) -> dict[str, str]:
    found = {
        "records": _works(lambda: desk.workspace().records.list_profiles(page_size=1)),
        "lake": _works(lambda: desk.workspace().lake.id),
    }
    status = "healthy" if set(found.values()) == {"ok"} else "degraded" if found["records"] == "ok" else "unhealthy"
    return {"status": status, **found}


def _works(look: Any) -> str:
    try:
        look()
    except CatalynxError:
        return "failed"
    return "ok"


def _components(desk: Desk) -> list[dict[str, Any]]:
    from catalynx.ops import diagnose

    return [
        {"component": one.what, "ok": one.ok, "detail": one.detail, "way_out": one.way_out, "optional": one.optional}
        for one in diagnose(desk.settings)
    ]


def _memory_mb() -> float | None:
    try:
        with open("/proc/self/status", encoding="ascii") as told:
            lines = [line for line in told if line.startswith("VmRSS")]
    except OSError:
        return None
    return round(int(lines[0].split()[1]) / 1024, 1) if lines else None

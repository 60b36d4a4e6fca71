"""Commands of the hub: the service that it starts, and the whole house to try on one machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from catalynx.cli.opening import opening
from catalynx.cli.workspace import dashboards_module
from catalynx.errors import SettingsError


def add_to(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("hub-service", hidden=True)(hub_service)
    app.command("hub-demo")(hub_demo)


def hub_service(context: typer.Context) -> None:
    """Serve dashboards and API to people whom the hub knows; the hub starts this itself.

    Example: catalynx hub-service
    """
    from catalynx.hub.settings import load_service_settings

    settings = opening(context).settings()
    dashboards_module(settings.dashboards, "service").serve_for_hub(settings, load_service_settings())


def hub_demo(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Option(help="Where logs, databases and homes go; else a temporary folder.")] = None,
) -> None:
    """Start a hub with a local log-in and four people over the workspace, to try what each role sees.

    Example: catalynx hub-demo
    """
    from catalynx.hub.demonstration import run_demonstration

    settings = opening(context).settings()
    root = settings.dashboards.parent
    if not (root / "jupyterhub_config.py").is_file():
        raise SettingsError(
            "CATALYNX_DASHBOARDS must name the folder `dashboards` of a checkout: the hub's configuration is beside it."
        )
    if not settings.lake.is_dir():
        raise SettingsError("CATALYNX_HOME must name a workspace with data; `catalynx demo` makes one.")
    if folder is not None:
        run_demonstration(root, folder.resolve(), settings.home)
        return
    with tempfile.TemporaryDirectory(prefix="catalynx-hub-", ignore_cleanup_errors=True) as made:
        run_demonstration(root, Path(made), settings.home)

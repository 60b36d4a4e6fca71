"""The command line as a whole: its options, and the commands of each part."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalynx import __version__
from catalynx.cli import (
    explaining,
    finances,
    hub,
    jobs,
    lake,
    likelihood,
    network,
    profiles,
    reports,
    results,
    scenarios,
    signing,
    workspace,
)
from catalynx.cli.opening import Opening

app = typer.Typer(
    name="catalynx",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find funders for a nonprofit in public data, score them, and decide what to pursue.",
    epilog="Start with: catalynx demo. Errors are one line; --debug shows where they came from.",
)


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option("--home", help="The workspace folder; else CATALYNX_HOME, else ~/catalynx.")
    ] = None,
) -> None:
    """Find funders for a nonprofit in public data, score them, and decide what to pursue."""
    context.obj = Opening(home)


@app.command()
def version() -> None:
    """Print the version.

    Example: catalynx version
    """
    print(__version__)


workspace.add_to(app)
hub.add_to(app)
app.add_typer(lake.app, name="lake")
app.add_typer(profiles.app, name="profile")
results.add_to(app)
likelihood.add_to(app)
finances.add_to(app)
explaining.add_to(app)
network.add_to(app)
scenarios.add_to(app)
app.add_typer(signing.app, name="decision")
app.add_typer(reports.app, name="report")
app.add_typer(jobs.app, name="jobs")

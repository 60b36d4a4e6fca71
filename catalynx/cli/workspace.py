"""``catalynx demo | ingest | serve | doctor``: the workspace as a whole."""

from __future__ import annotations

import importlib
import platform
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer

from catalynx.cli.opening import JsonOption, opening
from catalynx.cli.showing import LoadProgress, err, out, print_json, print_table

if TYPE_CHECKING:
    from catalynx.lake import Ingested
    from catalynx.workflows import Workspace


def add_to(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (demo, ingest, serve, doctor):
        app.command()(command)


def demo(
    context: typer.Context,
    report: Annotated[bool, typer.Option("--report/--no-report", help="Also run the report.")] = True,
) -> None:
    """Build a workspace from the real data that ship, and go the whole way for one real museum.

    Example: catalynx demo
    """
    from catalynx import workflows
    from catalynx.cli.results import print_decisions

    with opening(context).workspace() as workspace:
        out.print(f"Workspace {workspace.settings.home}", soft_wrap=True)
        _load(workspace, [workflows.SAMPLE])
        workspace.set_as_of(workflows.DEMO_AS_OF)
        profile = workflows.keep_demo_profile(workspace)
        with err.status("discovering, scoring and deciding"):
            decided = workflows.decide(workspace, profile)
            workflows.record(workspace, decided)
        out.print()
        print_decisions(decided, decided.decisions, 12)
        out.print(f"\nThe workspace is set to {workspace.as_of:%-d %b %Y}, the day of the newest opportunity listing that ships.")
        if report:
            _run_demo_report(workspace, profile.profile_id)
    out.print("\nNext: [bold]make serve[/bold] opens the dashboard; [bold]make lab[/bold] opens the notebooks; "
              f"[bold]catalynx decide --profile {profile.profile_id}[/bold] decides again.", soft_wrap=True)  # fmt: skip


def _run_demo_report(workspace: Workspace, profile_id: str) -> None:
    from catalynx.reports import run_report

    with err.status("the report: starting") as status:
        made = run_report(
            workspace.settings, "executive_summary", {"profile": profile_id},
            say=lambda what, done, total: status.update(f"the report: {what} ({done} of {total})"),
        )  # fmt: skip
    out.print("\n[bold]The report[/bold]")
    for what, path in (("HTML", made.html), ("PDF", made.pdf), ("notebook", made.notebook), ("tables", made.folder / "tables")):
        out.print(f"  {what:9}{path or 'not made: it needs Chromium'}", soft_wrap=True)


def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders, zips as published.")],
    as_json: JsonOption = False,
) -> None:
    """Read published files into the lake; what each is, is recognised from its content.

    Example: catalynx ingest eo_vt.csv 2024_TEOS_XML_01A.zip GrantsDBExtract20270314v2.zip
    """
    from dataclasses import asdict

    with opening(context).workspace() as workspace:
        done = _load(workspace, paths, quiet=as_json)
    if as_json:
        print_json({"version": done.version.id, "parts": [asdict(part) for part in done.parts], "refused": [str(e) for e in done.refused]})
    if done.refused:
        sys.exit(3)


def _load(workspace: Workspace, paths: list[Path], *, quiet: bool = False) -> Ingested:
    from catalynx import workflows

    with LoadProgress() as progress:
        done = workflows.ingest(workspace, paths, progress=progress)
    if not quiet:
        print_load(done)
    return done


def print_load(done: Ingested) -> None:
    """Print what became of every record: read = published + set aside + duplicates."""
    rows = []
    for part in sorted(done.parts, key=lambda part: (part.source, part.file)):
        for account in part.accounts:
            rows.append((part.file, part.source, account.table, f"{account.read:,}", f"{account.published:,}", f"{account.set_aside:,}",
                         f"{account.duplicates:,}", "known already" if part.known else ""))  # fmt: skip
    headings = [("file", "left"), ("source", "left"), ("table", "left"), ("read", "right"), ("= published", "right"), ("+ set aside", "right"),
                ("+ duplicates", "right"), ("", "left")]  # fmt: skip
    print_table("Read", headings, rows)
    tables = [(file.name, f"{file.rows:,}", f"{file.superseded:,}") for file in done.version.tables]
    out.print()
    print_table(f"Lake version {done.version.id}", [("table", "left"), ("rows", "right"), ("older rows left out", "right")], tables)
    for error in done.refused:
        err.print(f"{error}", markup=False)


def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 5006,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the link in a browser.")] = False,
) -> None:
    """Serve the dashboards to one local user, at a link with a token.

    Example: catalynx serve --open
    """
    settings = opening(context).settings()
    _dashboards(settings.dashboards).serve(settings, port=port, open_browser=open_browser)


def _dashboards(folder: Path) -> ModuleType:
    """Import the server of the pages, which stand beside the package and not in it."""
    from catalynx.errors import SettingsError

    if not (folder / "server.py").exists():
        raise SettingsError("CATALYNX_DASHBOARDS must name the folder of the dashboards.")
    if str(folder.parent) not in sys.path:
        sys.path.append(str(folder.parent))
    return importlib.import_module(f"{folder.name}.server")


def doctor(context: typer.Context, as_json: JsonOption = False) -> None:
    """Check that everything is in order, and say what is not and what to do.

    Example: catalynx doctor
    """
    from catalynx.ops.diagnosis import diagnose

    findings = diagnose(opening(context).settings())
    if as_json:
        print_json([{"what": f.what, "ok": f.ok, "detail": f.detail, "way_out": f.way_out} for f in findings])
    else:
        rows = [("ok" if f.ok else "NOT OK", f.what, f.detail, f.way_out) for f in findings]
        print_table(f"Python {platform.python_version()}", [("", "left"), ("what", "left"), ("found", "left"), ("way out", "left")], rows)
    if not all(f.ok or f.optional for f in findings):
        sys.exit(4)

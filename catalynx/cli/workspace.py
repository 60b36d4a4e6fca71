"""``catalynx demo | ingest | serve | doctor``: the workspace as a whole."""

from __future__ import annotations

import importlib
import platform
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer

from catalynx.cli.opening import JsonOption, opening
from catalynx.cli.showing import Heading, LoadProgress, clean, err, print_json, print_list, print_table, say
from catalynx.errors import FileRefused, LakeError

if TYPE_CHECKING:
    from catalynx.cli.noting import NotedWorkspace
    from catalynx.lake import Ingested
    from catalynx.lake.parts import Account, Part
    from catalynx.records.entries import AuditHead
    from catalynx.records.profile import Profile
    from catalynx.reports import Made
    from catalynx.workflows import Decided, Workspace


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
    from catalynx.cli.reports import print_made
    from catalynx.cli.results import print_decisions
    from catalynx.figures import wording

    with opening(context).workspace() as workspace:
        say(f"Workspace {workspace.settings.home}")
        _load(workspace, [workflows.SAMPLE])
        workspace.set_as_of(workflows.DEMO_AS_OF)
        profile = workflows.keep_demo_profile(workspace)
        made, decided = _report_and_decide(workspace, profile, report=report)
        say()
        print_decisions(decided, decided.decisions, 12)
        day = wording.day(workspace.as_of)
        say(f"\nThe workspace is set to {day}, the day of the newest opportunity listing that ships.")
    if made:
        say("\nThe report", style="bold")
        print_made(made)
    say("\nNext", style="bold")
    for command, what in (
        ("make serve", "opens the dashboard"), ("make lab", "opens the notebooks"),
        (f"catalynx decide --profile {profile.profile_id}", "decides again"),
    ):  # fmt: skip
        say(f"  {command}: {what}")


def _report_and_decide(workspace: NotedWorkspace, profile: Profile, *, report: bool) -> tuple[Made | None, Decided]:
    """Decide in a thread while the report, which decides in a process of its own, is made: two cores are used."""
    from catalynx import workflows
    from catalynx.cli.reports import run_with_status

    def decide_and_record() -> Decided:
        decided = workflows.decide(workspace, profile)
        workflows.record(workspace, decided)
        return decided

    with ThreadPoolExecutor(1, "catalynx-decide") as beside:
        deciding = beside.submit(decide_and_record)
        made = run_with_status(workspace, "executive_summary", {"profile": profile.profile_id}, pdf=True) if report else None
        with err.status("discovering, scoring and deciding"):
            decided = deciding.result()
    return made, decided


def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders, zips as published.")],
    files: Annotated[bool, typer.Option("--files", help="Print a line for each file, not only each source.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read published files into the lake; what each is, is recognised from its content.

    Example: catalynx ingest eo_vt.csv 2024_TEOS_XML_01A.zip GrantsDBExtract20270314v2.zip
    """
    from dataclasses import asdict

    with opening(context).workspace() as workspace:
        done = _load(workspace, paths, quiet=as_json, files=files)
    if as_json:
        refused = [str(error) for error in done.refused]
        print_json({"version": done.version.id, "parts": [asdict(part) for part in done.parts], "refused": refused})
    for error in done.refused:
        print(f"catalynx: {clean(error)}", file=sys.stderr)
    if done.refused:
        raise typer.Exit(FileRefused.exit_code)


def _load(workspace: Workspace, paths: list[Path], *, quiet: bool = False, files: bool = False) -> Ingested:
    from catalynx import workflows

    with LoadProgress() as progress:
        done = workflows.ingest(workspace, paths, progress=progress)
    if not quiet:
        print_load(done, files=files)
    return done


def print_load(done: Ingested, *, files: bool) -> None:
    """Print what became of every record: read = published + set aside + duplicates, by source and table or by file."""
    groups: dict[tuple[str, ...], list[tuple[Part, Account]]] = {}
    for part in sorted(done.parts, key=lambda part: (part.source, part.file)):
        for account in part.accounts:
            key: tuple[str, ...] = (part.source, account.table, part.file) if files else (part.source, account.table)
            groups.setdefault(key, []).append((part, account))
    rows = []
    for key, members in groups.items():
        accounts = [account for _, account in members]
        sums = (sum(getattr(account, name) for account in accounts) for name in ("read", "published", "set_aside", "duplicates"))
        known = sum(part.known for part, _ in members)
        rows.append((*key, *([] if files else [f"{len(members):,}"]), *(f"{number:,}" for number in sums), f"{known:,}"))
    which = [Heading("file", words=True)] if files else [Heading("files", right=True, spare=2)]
    counts = [Heading(name, right=True) for name in ("read", "published", "set aside", "duplicate")]
    headings = [Heading("source"), Heading("table"), *which, *counts, Heading("known", right=True, spare=1)]
    print_table("Records read = published + set aside + duplicate; known: files that were read before", headings, rows)
    say()
    tables = [(table.name, f"{table.rows:,}", f"{table.superseded:,}") for table in done.version.tables]
    kept = [Heading("table"), Heading("rows", right=True), Heading("older rows left out", right=True)]
    print_table(f"Lake version {done.version.id}", kept, tables)


def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 5006,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the link in a browser.")] = False,
) -> None:
    """Serve the dashboards to one local user, at a link with a token.

    Example: catalynx serve --open
    """
    settings = opening(context).settings()
    dashboards_module(settings.dashboards, "server").serve(settings, port=port, open_browser=open_browser)


def dashboards_module(folder: Path, name: str) -> ModuleType:
    """Import a module of the pages, which stand beside the package and not in it."""
    from catalynx.errors import SettingsError

    if not (folder / f"{name}.py").exists():
        raise SettingsError("CATALYNX_DASHBOARDS must name the folder of the dashboards.")
    if str(folder.parent) not in sys.path:
        sys.path.append(str(folder.parent))
    return importlib.import_module(f"{folder.name}.{name}")


def _head(noted: str | None) -> AuditHead | None:
    from catalynx.errors import BadParameter
    from catalynx.records.entries import AuditHead

    if noted is None:
        return None
    found = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", noted)
    if found is None:
        raise BadParameter("--noted", noted, "a number, a colon and 64 hexadecimal digits, as `catalynx doctor` tells them")
    return AuditHead(int(found[1]), found[2])


def doctor(
    context: typer.Context,
    noted: Annotated[
        str | None, typer.Option(metavar="NUMBER:HASH", help="The audit's last entry, as an earlier call told it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check that everything is in order, and say what is not and what to do.

    Example: catalynx doctor
    """
    from catalynx.ops.diagnosis import diagnose

    findings = diagnose(opening(context).settings(), noted=_head(noted))
    if as_json:
        print_json([{"what": f.what, "ok": f.ok, "detail": f.detail, "way_out": f.way_out} for f in findings])
    else:
        say(f"Python {platform.python_version()}", style="bold")
        print_list([
            ("ok" if f.ok else "missing" if f.optional else "NOT OK", f.what, f"{f.detail}{'; ' if f.way_out else ''}{f.way_out}")
            for f in findings
        ])  # fmt: skip
    if not all(f.ok or f.optional for f in findings):
        raise typer.Exit(LakeError.exit_code)

"""``catalynx report …``: papers for people who read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from catalynx.cli.opening import JsonOption, find_profile, opening
from catalynx.cli.showing import Heading, err, print_json, print_list, print_table, say

if TYPE_CHECKING:
    from catalynx.cli.noting import NotedWorkspace
    from catalynx.reports import Made

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Reports: list them, run one, find what was made.")


@app.command("list")
def list_reports(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the reports there are, with their parameters.

    Example: catalynx report list
    """
    from dataclasses import asdict

    from catalynx.reports import reports

    found = reports(opening(context).settings().notebooks)
    if as_json:
        print_json([{**asdict(report), "notebook": str(report.notebook)} for report in found.values()])
        return
    headings = [Heading("parameter"), Heading("type"), Heading("default"), Heading("meaning", words=True)]
    for report in found.values():
        rows = [(p.name, p.kind, "required" if p.required else str(p.default or "none"), p.meaning) for p in report.parameters]
        print_table(f"{report.name}: {report.title}", headings, rows)


@app.command()
def run(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="REPORT")],
    profile: Annotated[str | None, typer.Option("--profile", help="Id, EIN, or a part of the name.")] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="A parameter of the report; repeatable.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Also print to PDF, where Chromium is at hand.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Run a report: HTML, PDF, the executed notebook, and its tables.

    Example: catalynx report run executive_summary --profile shelburne -p as_of=2024-02-09 -p top=3
    """
    from catalynx.errors import BadParameter
    from catalynx.reports.running import as_plain

    given: dict[str, object] = {}
    for text in parameter or []:
        key, equals, value = text.partition("=")
        if not equals or key in given:
            raise BadParameter("--parameter", text, "of the form NAME=VALUE, each name once")
        given[key] = value
    with opening(context).workspace() as workspace:
        if profile is not None:
            given["profile"] = find_profile(workspace, profile).profile_id
        made = run_with_status(workspace, name, given, pdf=pdf)
    if as_json:
        print_json(as_plain(made))
    else:
        print_made(made, pdf=pdf)


def run_with_status(workspace: NotedWorkspace, name: str, given: dict[str, object], *, pdf: bool) -> Made:
    """Run a report, show on a terminal what it is doing, and note who made it."""
    from catalynx.cli.noting import Told
    from catalynx.reports import run_report

    with err.status(f"{name}: starting") as status:

        def tell(what: str, done: int, total: int) -> None:
            status.update(f"{name}: {what} ({done} of {total})")

        made = run_report(workspace.settings, name, given, pdf=pdf, say=tell)
    workspace.records.note(Told("make report", *made.audited))
    return made


def print_made(made: Made, *, pdf: bool = True) -> None:
    """Print where the pieces of a report are; `pdf` says whether one was asked for."""
    missing = "not made: it needs Chromium (Debian's package `chromium`, or `playwright install chromium`)"
    printed = str(made.pdf or missing) if pdf else "not asked for"
    print_list(
        [("HTML", str(made.html)), ("PDF", printed), ("notebook", str(made.notebook)), ("tables", str(made.folder / "tables"))]
    )


@app.command()
def made(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the reports that were made, newest first.

    Example: catalynx report made
    """
    from catalynx.reports import made_reports
    from catalynx.reports.running import as_plain

    found = made_reports(opening(context).settings().reports)
    if as_json:
        print_json([as_plain(report) for report in found])
    elif found:
        print_list([("made (UTC)", "report", "profile", "file"), *_lines(found)])
    else:
        say("No reports yet. `catalynx report run executive_summary --profile NAME` makes one.")


def _lines(found: list[Made]) -> list[tuple[str, str, str, str]]:
    return [(m.made_at[:16].replace("T", " "), m.report, m.profile_id or "", str(m.html)) for m in found]

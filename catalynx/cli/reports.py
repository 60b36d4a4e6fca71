"""``catalynx report …``: papers for people who read."""

from __future__ import annotations

from typing import Annotated

import typer

from catalynx.cli.opening import JsonOption, find_profile, opening
from catalynx.cli.showing import err, out, print_json, print_table

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
    for report in found.values():
        rows = [(p.name, p.kind, "none" if p.default is None else str(p.default) or "required", p.meaning) for p in report.parameters]
        print_table(f"{report.name}: {report.title}", [("parameter", "left"), ("type", "left"), ("default", "left"), ("meaning", "left")], rows)


@app.command()
def run(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="REPORT")],
    profile: Annotated[str | None, typer.Option("--profile", "-p", help="Id, EIN, or a part of the name.")] = None,
    parameter: Annotated[list[str] | None, typer.Option("--set", "-P", metavar="NAME=VALUE", help="A parameter of the report.")] = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Also print to PDF, where Chromium is at hand.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Run a report: HTML, PDF, the executed notebook, and its tables.

    Example: catalynx report run executive_summary --profile shelburne --set as_of=2024-02-09
    """
    from catalynx.errors import BadParameter
    from catalynx.reports import run_report
    from catalynx.reports.running import as_plain

    given: dict[str, object] = {}
    for text in parameter or []:
        key, equals, value = text.partition("=")
        if not equals:
            raise BadParameter("--set", text, "of the form NAME=VALUE")
        given[key] = value
    settings = opening(context).settings()
    if profile is not None:
        with opening(context).workspace() as workspace:
            given["profile"] = find_profile(workspace, profile).profile_id
    with err.status(f"{name}: starting") as status:
        made = run_report(settings, name, given, pdf=pdf, say=lambda what, done, total: status.update(f"{name}: {what} ({done} of {total})"))
    if as_json:
        print_json(as_plain(made))
        return
    for what, path in (("HTML", made.html), ("PDF", made.pdf), ("notebook", made.notebook), ("tables", made.folder / "tables")):
        out.print(f"{what:9} {path or 'not made: it needs Chromium (Debian package `chromium`, or `playwright install chromium`)'}", soft_wrap=True)


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
        return
    rows = [(report.made_at[:16].replace("T", " "), report.report, report.profile_id or "", str(report.html)) for report in found]
    print_table("Reports, newest first", [("made (UTC)", "left"), ("report", "left"), ("profile", "left"), ("file", "left")], rows)

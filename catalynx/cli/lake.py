"""``catalynx lake …``: the versions of the data."""

from __future__ import annotations

from typing import Annotated

import typer

from catalynx.cli.opening import JsonOption, opening
from catalynx.cli.showing import Heading, count, plain, print_json, print_table, say

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Versions of the data: list, go back, clear away, check.")


@app.command()
def versions(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the versions, oldest first; * marks the current one.

    Example: catalynx lake versions
    """
    from dataclasses import asdict

    from catalynx.lake.versions import current_folder, versions

    lake = opening(context).settings().lake
    found = versions(lake)
    current = current_folder(lake).name
    if as_json:
        print_json([{**asdict(version), "current": version.id == current} for version in found])
        return
    rows = [
        (
            "*" if version.id == current else "",
            version.id,
            version.made_at[:16].replace("T", " "),
            f"{len(version.parts):,}",
            f"{sum(file.rows for file in version.tables):,}",
        )
        for version in found
    ]
    headings = [Heading(""), Heading("id"), Heading("made (UTC)"), Heading("parts", right=True), Heading("rows", right=True)]
    print_table("Versions of the lake", headings, rows)


@app.command()
def tables(context: typer.Context, as_json: JsonOption = False) -> None:
    """List what the current version holds: tables, sources, newest year, records set aside.

    Example: catalynx lake tables
    """
    from catalynx.workflows import data_facts

    with opening(context).workspace() as workspace:
        version, facts = workspace.lake.id, data_facts(workspace).to_dict("records")
    if as_json:
        print_json({"version": version, "tables": plain(facts)})
        return
    rows = [
        (
            row["table_name"],
            row["source"],
            f"{row['rows']:,}",
            _year(plain(row["newest_year"])),
            f"{row['set_aside']:,}",
            f"{row['fields_unknown']:,}",
        )
        for row in facts
    ]
    headings = [Heading("table"), Heading("source"), Heading("rows", right=True), Heading("newest", right=True),
                Heading("set aside", right=True), Heading("fields unread", right=True, spare=1)]  # fmt: skip
    print_table(f"Lake version {version}", headings, rows)


def _year(year: float | None) -> str:
    return "unknown" if year is None else f"{year:.0f}"


@app.command()
def use(context: typer.Context, version_id: Annotated[str, typer.Argument(metavar="VERSION")]) -> None:
    """Make a version current; what is open keeps its own.

    Example: catalynx lake use 20270314T101500-1a2b3c4d
    """
    from catalynx.lake.versions import named_folder, use

    with opening(context).workspace() as workspace:
        lake = workspace.settings.lake
        named_folder(lake, version_id)
        with workspace.changing("use lake version", "lake", version_id, {}):
            version = use(lake, version_id)
    say(f"The current version is {version.id}.")


@app.command()
def prune(
    context: typer.Context, keep: Annotated[int, typer.Option(min=1, help="How many of the newest versions stay.")] = 3
) -> None:
    """Remove old versions; the current one and those in use stay.

    Example: catalynx lake prune --keep 3
    """
    from catalynx.lake.versions import current_folder, prune

    with opening(context).workspace() as workspace:
        lake = workspace.settings.lake
        with workspace.changing("prune lake", "lake", current_folder(lake).name, {"keep": keep}):
            removed = prune(lake, keep=keep)
    say(f"Removed {count(len(removed), 'version')}{': ' + ', '.join(removed) if removed else ''}.")


@app.command()
def verify(context: typer.Context, version_id: Annotated[str | None, typer.Argument(metavar="[VERSION]")] = None) -> None:
    """Read every byte of a version, the current one when none is named, against its checksums.

    Example: catalynx lake verify
    """
    from catalynx.lake.versions import verify

    version = verify(opening(context).settings().lake, version_id)
    rows = sum(file.rows for file in version.tables)
    say(f"Version {version.id} is whole: {count(len(version.tables), 'table')}, {count(rows, 'row')}.")

"""``catalynx lake …``: the versions of the data."""

from __future__ import annotations

from typing import Annotated

import typer

from catalynx.cli.opening import JsonOption, opening
from catalynx.cli.showing import out, plain, print_json, print_table

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
        ("*" if version.id == current else "", version.id, version.made_at, f"{len(version.parts)}", f"{sum(f.rows for f in version.tables):,}")
        for version in found
    ]
    print_table("Versions of the lake", [("", "left"), ("id", "left"), ("made", "left"), ("parts", "right"), ("rows", "right")], rows)


@app.command()
def tables(context: typer.Context, as_json: JsonOption = False) -> None:
    """List what the current version holds: tables, sources, newest year, records set aside.

    Example: catalynx lake tables
    """
    from catalynx.workflows import data_facts

    with opening(context).workspace() as workspace:
        facts = data_facts(workspace)
        if as_json:
            print_json({"version": workspace.lake.id, "tables": plain(facts.to_dict("records"))})
            return
        print_facts(workspace.lake.id, facts)


def print_facts(version_id: str, facts) -> None:  # type: ignore[no-untyped-def]
    """Print what a version holds."""
    rows = [
        (row.table_name, row.source, f"{row.rows:,}", "unknown" if row.newest_year is None or row.newest_year != row.newest_year else f"{row.newest_year}",
         f"{row.set_aside:,}", f"{row.fields_unknown:,}")
        for row in facts.astype(object).itertuples()
    ]  # fmt: skip
    headings = [("table", "left"), ("source", "left"), ("rows", "right"), ("newest year", "right"), ("set aside", "right"),
                ("fields left unknown", "right")]  # fmt: skip
    print_table(f"Lake version {version_id}", headings, rows)


@app.command()
def use(context: typer.Context, version_id: Annotated[str, typer.Argument(metavar="VERSION")]) -> None:
    """Make a version current; what is open keeps its own.

    Example: catalynx lake use 20270314T101500-1a2b3c4d
    """
    from catalynx.lake.versions import use

    out.print(f"The current version is {use(opening(context).settings().lake, version_id).id}.")


@app.command()
def prune(context: typer.Context, keep: Annotated[int, typer.Option(help="How many of the newest versions stay.")] = 3) -> None:
    """Remove old versions; the current one and those in use stay.

    Example: catalynx lake prune --keep 3
    """
    from catalynx.lake.versions import prune

    removed = prune(opening(context).settings().lake, keep=keep)
    out.print(f"Removed {len(removed)} version{'' if len(removed) == 1 else 's'}{': ' + ', '.join(removed) if removed else ''}.")


@app.command()
def verify(context: typer.Context, version_id: Annotated[str | None, typer.Argument(metavar="VERSION")] = None) -> None:
    """Read every byte of a version against its checksums.

    Example: catalynx lake verify
    """
    from catalynx.lake.versions import verify

    version = verify(opening(context).settings().lake, version_id)
    out.print(f"Version {version.id} is whole: {len(version.tables)} tables, {sum(f.rows for f in version.tables):,} rows.")

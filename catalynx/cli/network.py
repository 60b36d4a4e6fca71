"""``catalynx network``: people on several boards, funders of the same grantees, and the ways to a funder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalynx.cli.opening import AsOfOption, JsonOption, find_profile, opening, read_day
from catalynx.cli.showing import Heading, count, print_json, print_table, records, say

if TYPE_CHECKING:
    from catalynx.lookups.network import Network
    from catalynx.lookups.paths import Paths

TABLES = ("shared_people", "cofunders", "central_funders")
ToOption = Annotated[str | None, typer.Option("--to", help="A foundation: its EIN, its candidate id, or a part of its name.")]
ThroughOption = Annotated[str, typer.Option("--through", help="With --to: any, or people to leave grants out.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many rows of each table to print.")]


def add_to(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(network)


def network(
    context: typer.Context,
    profile: Annotated[str, typer.Argument(help="Id, EIN, or a part of the name.")],
    to: ToOption = None,
    through: ThroughOption = "any",
    limit: LimitOption = 10,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who is tied to a profile: people on several boards, funders of the same grantees; with --to the ways to a funder.

    Example: catalynx network shelburne --to "Earhart Foundation"
    """
    from catalynx.lookups.network import network as find
    from catalynx.lookups.paths import paths

    day = read_day(as_of)
    with opening(context).workspace() as workspace:
        who = find_profile(workspace, profile)
        if to is not None:
            way = paths(workspace, who, to, through=through)
        else:
            found = find(workspace, who, as_of=day)
    if to is not None:
        _print_paths(way, as_json)
    elif as_json:
        print_json({"as_of": found.as_of, "lake_version": found.lake_version, "counts": found.counts,
                    "unknown": list(found.unknown), **{name: records(getattr(found, name)) for name in TABLES}})  # fmt: skip
    else:
        _print(found, limit)


def _print_paths(way: Paths, as_json: bool) -> None:
    from catalynx.figures.network_path import path_in_words

    if as_json:
        print_json({"candidate_id": way.candidate_id, "funder_name": way.funder_name, "through": way.through,
                    "length": way.length, "sentence": way.sentence, "lake_version": way.lake_version,
                    "steps": records(way.steps)})  # fmt: skip
        return
    say(way.sentence)
    for sentence in path_in_words(way.steps):
        say(f"  {sentence}", indent=4)


def _print(found: Network, limit: int) -> None:
    from catalynx.columns import rows
    from catalynx.figures import wording

    counts = found.counts
    say(
        f"For {found.profile.organization_name}, as of {wording.day(found.as_of)}, from lake version {found.lake_version}: "
        f"{count(counts['seats'], 'seat')} on boards, {count(counts['funders'], 'funder')}, "
        f"{count(counts['pairs'], 'pair')} of a funder and a recipient.\n"
    )
    for told in found.unknown:
        say(f"? {told}", indent=2)
    people = [
        (wording.name(row["person_name"]), _seat(row, "of"), _seat(row, "other"), row["other"], row["sure_class"])
        for row in rows(found.shared_people.head(limit))
    ]
    if people:
        headings = [Heading("person", words=True), Heading("sits at", words=True), Heading("and at", words=True),
                    Heading("which is a"), Heading("the same", spare=1)]  # fmt: skip
        print_table(f"\n{count(len(found.shared_people), 'shared person').replace('persons', 'people')}", headings, people)
    _print_funders(found, limit)


def _print_funders(found: Network, limit: int) -> None:
    from catalynx.columns import rows
    from catalynx.figures import wording

    cofunders = [
        (wording.name(row["funder_name"]), wording.score(row["tie"]), f"{row['shared_count']:,} of {row['grantees_count']:,}",
         "yes" if row["gave_to_you"] else "no", "; ".join(map(wording.name, row["shared_names"])))
        for row in rows(found.cofunders.head(limit))
    ]  # fmt: skip
    if cofunders:
        headings = [Heading("funder", words=True), Heading("tie", right=True), Heading("shared grantees", right=True),
                    Heading("gave to you", spare=1), Heading("among them", words=True, spare=2)]  # fmt: skip
        print_table(f"\n{count(len(found.cofunders), 'funder')} of grantees that your funders support too", headings, cofunders)
    central = [
        (f"{row['rank']}", wording.name(row["funder_name"]), f"{row['pagerank']:.4f}", f"{row['grantees_count']:,}",
         f"{row['cofunders_count']:,}")
        for row in rows(found.central_funders.head(limit))
    ]  # fmt: skip
    if central:
        headings = [Heading("#", right=True), Heading("funder", words=True), Heading("PageRank", right=True),
                    Heading("grantees", right=True), Heading("funders beside it", right=True, spare=1)]  # fmt: skip
        print_table("\nThe most central funders", headings, central)


def _seat(row: dict[str, Any], side: str) -> str:
    from catalynx.figures import wording

    role = row[f"{side}_role"]
    return wording.name(row[f"{side}_name"]) + ("" if wording.is_unknown(role) else f" ({wording.name(role)})")

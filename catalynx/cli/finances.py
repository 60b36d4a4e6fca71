"""``catalynx finances``: the ratios of a profile's own returns, its trend, its peers, and readiness for an award."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalynx.cli.opening import AsOfOption, JsonOption, find_profile, opening, read_day
from catalynx.cli.showing import Heading, print_json, print_table, records, say

if TYPE_CHECKING:
    from catalynx.lookups.finances import Finances

AwardOption = Annotated[float | None, typer.Option("--award", min=0.01, help="An award to be ready for, in dollars a year.")]
FederalOption = Annotated[bool, typer.Option("--federal/--not-federal", help="Whether that award is federal money.")]


def add_to(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(finances)


def finances(
    context: typer.Context,
    profile: Annotated[str, typer.Argument(help="Id, EIN, or a part of the name.")],
    award: AwardOption = None,
    federal: FederalOption = False,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the finances of a profile: every ratio with its trend and peers; with --award also whether it is ready for one.

    Example: catalynx finances shelburne --award 250000 --federal
    """
    from catalynx.lookups.finances import finances as find

    day = read_day(as_of)
    with opening(context).workspace() as workspace:
        found = find(workspace, find_profile(workspace, profile), as_of=day, award_usd=award, federal=federal)
    if as_json:
        print_json({"as_of": found.as_of, "lake_version": found.lake_version, "revenue_usd": found.revenue_usd,
                    "ratios": records(found.ratios), "standings": records(found.standings),
                    "readiness": records(found.readiness), "unknown": list(found.unknown)})  # fmt: skip
        return
    _print(found)


def _print(found: Finances) -> None:
    from catalynx.columns import rows
    from catalynx.figures import wording

    say(
        f"For {found.profile.organization_name}, as of {wording.day(found.as_of)}, from lake version {found.lake_version}; "
        f"revenue {wording.money(found.revenue_usd)}.\n"
    )
    for told in found.unknown:
        say(f"? {told}", indent=2)
    headings = [
        Heading("ratio"), Heading("year", right=True), Heading("value", right=True), Heading("a year", right=True, spare=3),
        Heading("peers below", right=True), Heading("their median", right=True, spare=2), Heading("better", spare=4),
    ]  # fmt: skip
    cells = [
        (
            row["ratio"].replace("_", " "),
            wording.UNKNOWN if wording.is_unknown(row["tax_year"]) else f"{row['tax_year']}",
            _value(row["value"], row["unit"]),
            _change(row["trend_per_year"], row["unit"]),
            wording.UNKNOWN if wording.is_unknown(row["peer_percentile"]) else f"{row['peer_percentile']:.0f} %",
            _value(row["peer_median"], row["unit"]),
            row["better"],
        )
        for row in rows(found.standings)
    ]
    if cells:
        print_table("Ratios of the latest year on file", headings, cells)
        groups = found.standings["peer_group"].dropna().unique()
        for group in groups:
            say(f"peers: {group}", style="dim")
        for row in rows(found.standings):
            if wording.is_unknown(row["value"]):
                say(f"? {row['ratio'].replace('_', ' ')}: {row['reason']}", indent=2)
    if len(found.readiness):
        say("\nReady for this award?", style="bold")
        for row in rows(found.readiness):
            sign = {"passes": "+", "concern": "-"}.get(row["state"], "?")
            say(f"{sign} {row['because']}", indent=2)


def _value(value: Any, unit: str) -> str:
    from catalynx.figures import wording

    if wording.is_unknown(value):
        return wording.UNKNOWN
    return {"share": f"{100 * value:.1f} %", "months": f"{value:.1f} months"}.get(unit, f"${value:.2f}")


def _change(value: Any, unit: str) -> str:
    from catalynx.figures import wording

    if wording.is_unknown(value):
        return wording.UNKNOWN
    return {"share": f"{100 * value:+.1f} points", "months": f"{value:+.1f} months"}.get(unit, f"{value:+.2f} $")

"""``catalynx explain``: why one candidate stands where it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from catalynx.cli.opening import AsOfOption, JsonOption, ProfileOption, find_profile, opening, read_day
from catalynx.cli.showing import Heading, print_json, print_table, records, say, warn

if TYPE_CHECKING:
    from catalynx.lookups.explanation import Explanation


def add_to(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(explain)


def explain(
    context: typer.Context,
    candidate: Annotated[str, typer.Argument(help="Id of a candidate, or words of its name that fit no other.")],
    profile: ProfileOption,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain a score: what it is made of, how it differs from a middling candidate's, what speaks for it and against.

    Example: catalynx explain "promotion of the humanities public programs" --profile shelburne
    """
    from catalynx.lookups.explanation import explain as explain_one
    from catalynx.workflows import cautions

    day = read_day(as_of)
    with opening(context).workspace() as workspace:
        who = find_profile(workspace, profile)
        found = explain_one(workspace, who, candidate, as_of=day)
        for caution in cautions(workspace, who, as_of=day):
            warn(caution)
    if as_json:
        print_json({
            "decision": found.decision, "parts": records(found.parts), "middling_score": found.middling,
            "compared_with": found.compared_with, "lake_version": found.lake_version, "as_of": found.as_of,
        })  # fmt: skip
        return
    print_explanation(found)


def print_explanation(found: Explanation) -> None:
    """Print the decision, the parts of the score, and the reasons."""
    from catalynx.columns import rows
    from catalynx.figures import wording

    decision = found.decision
    score, share = wording.score(decision["score"]), wording.share(decision["coverage"])
    say(f"{wording.name(decision['name'])}: {decision['recommendation']}, rank {decision['rank']}", style="bold")
    say(
        f"Score {score} of 1, with data for {share} of its weight; {wording.score(found.middling)} would be {found.compared_with}."
    )
    say(f"As of {wording.day(found.as_of)}, from lake version {found.lake_version}.\n")
    cells = [
        (
            row["criterion"], wording.share(row["weight"]), wording.score(row["value"]), wording.score(row["median_value"]),
            wording.score(row["contribution"]), _signed(row["difference"]), row["because"],
        )
        for row in rows(found.parts)
    ]  # fmt: skip
    headings = [
        Heading("criterion"), Heading("weight", right=True), Heading("value", right=True), Heading("median", right=True, spare=1),
        Heading("gives", right=True), Heading("differs", right=True, spare=2), Heading("because", words=True),
    ]  # fmt: skip
    print_table("What the score is made of", headings, cells)
    for title, texts in (
        ("For", decision["reasons_for"]), ("Against", decision["reasons_against"]), ("Not known", decision["unknown"]),
    ):  # fmt: skip
        say(f"\n{title}", style="bold")
        for text in texts:
            say(f"- {text}", indent=2)
        if not len(texts):
            say("nothing on record", style="dim")
    say(f"\n{decision['next_action']}", style="bold")


def _signed(value: float) -> str:
    from catalynx.figures import wording

    if wording.is_unknown(value):
        return wording.UNKNOWN
    return f"{value:+.2f}".replace("-", "−")

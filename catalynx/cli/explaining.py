"""``catalynx explain`` and ``catalynx evidence``: why one candidate stands where it does, down to the rows behind a number."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalynx.cli.opening import AsOfOption, JsonOption, ProfileOption, find_profile, opening, read_day
from catalynx.cli.showing import Heading, print_json, print_table, records, say, warn

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lookups.explanation import Explanation
    from catalynx.lookups.likelihood import HowLikely


def add_to(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(explain)
    app.command()(evidence)


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
            "compared_with": found.compared_with, "how_likely": asdict(found.how_likely), "lake_version": found.lake_version,
            "as_of": found.as_of,
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
        f"Score {score} of 1, with data for {share} of its weight; "
        f"{wording.score(found.middling)} would be {found.compared_with}."
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
    _print_how_likely(found.how_likely)
    for title, texts in (
        ("For", decision["reasons_for"]), ("Against", decision["reasons_against"]), ("Not known", decision["unknown"]),
    ):  # fmt: skip
        say(f"\n{title}", style="bold")
        for text in texts:
            say(f"- {text}", indent=2)
        if not len(texts):
            say("nothing on record", style="dim")
    say(f"\n{decision['next_action']}", style="bold")


def _print_how_likely(likely: HowLikely) -> None:
    """Print the chance or why there is none, and how many of all applications were funded, with the text's own sentence."""
    say("\nHow likely", style="bold")
    say(f"- {likely.in_words}", indent=2)
    if likely.base_rate_sentence is not None:
        say(f"- its own text says: “{likely.base_rate_sentence}”", indent=2)


CriterionOption = Annotated[
    str, typer.Option("--criterion", help="The number to follow: a criterion as `catalynx explain` names it, or eligibility.")
]
RowsOption = Annotated[int, typer.Option("--limit", min=1, max=5_000, help="How many rows to print, the nearest first.")]


def evidence(
    context: typer.Context,
    candidate: Annotated[str, typer.Argument(help="Id of a candidate, or words of its name that fit no other.")],
    criterion: CriterionOption,
    profile: ProfileOption,
    as_of: AsOfOption = None,
    limit: RowsOption = 12,
    as_json: JsonOption = False,
) -> None:
    """Follow a number of a score to the rows it rests on, each with source, file and place; of returns with the form's line.

    Example: catalynx evidence program:45.149 --criterion geography --profile shelburne
    """
    from catalynx.lookups.evidence import MOST_ROWS, evidence_of
    from catalynx.lookups.explanation import find_candidate
    from catalynx.workflows import decide

    day = read_day(as_of)
    with opening(context).workspace() as workspace:
        who = find_profile(workspace, profile)
        decided = decide(workspace, who, as_of=day)
        candidate_id = find_candidate(decided, candidate)
        found = evidence_of(workspace, who, candidate_id, criterion, as_of=day)
    total, more = len(found), " or more" if len(found) == MOST_ROWS else ""
    if as_json:
        print_json({
            "candidate_id": candidate_id, "criterion": criterion, "rows": records(found.head(limit)), "total": total,
            "lake_version": decided.lake_version, "as_of": decided.rules.as_of,
        })  # fmt: skip
        return
    parts = decided.parts
    said = parts[(parts["candidate_id"] == candidate_id) & (parts["criterion"] == criterion)]["because"]
    named = decided.decisions.set_index("candidate_id").loc[candidate_id]
    because = next(iter(said), named["eligibility_reason"] if criterion == "eligibility" else "it is not asked of this candidate")
    print_evidence(str(named["name"]), criterion, str(because), found.head(limit), f"{total:,}{more}")


def print_evidence(name: str, criterion: str, because: str, found: pd.DataFrame, total: str) -> None:
    """Print the sentence of a number, and the rows it rests on."""
    from catalynx.columns import rows
    from catalynx.figures import wording

    def told(value: Any) -> str:
        return "" if wording.is_unknown(value) else str(value)

    say(f"{wording.name(name)}, {criterion}: {because}", style="bold")
    if found.empty:
        say("No row of the lake stands behind it: nothing is on record.")
        return
    cells = [
        (
            told(row["nearness"]), told(row["fact"]), told(row["what"]), told(row["year"]),
            " · ".join(filter(None, (told(row[name]) for name in ("source", "file", "place", "line", "path")))),
        )
        for row in rows(found)
    ]  # fmt: skip
    headings = [
        Heading("counted as"), Heading("what is read", words=True), Heading("row", words=True), Heading("year", right=True),
        Heading("where it stands", words=True),
    ]  # fmt: skip
    print_table(f"{len(found):,} of {total} rows behind it, the nearest first", headings, cells)


def _signed(value: float) -> str:
    from catalynx.figures import wording

    if wording.is_unknown(value):
        return wording.UNKNOWN
    return f"{value:+.2f}".replace("-", "−")

"""``catalynx discover | score | decide``: who could give, how good it looks, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from catalynx.cli.opening import AsOfOption, JsonOption, ProfileOption, find_profile, opening, read_day
from catalynx.cli.showing import day, money, out, print_json, print_table, records, share

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.workflows import Decided

KindOption = Annotated[str | None, typer.Option("--kind", help="foundation, program or opportunity; all when not given.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", help="How many rows to print; JSON has them all.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (discover, score, decide):
        app.command()(command)


def discover(
    context: typer.Context, profile: ProfileOption, as_of: AsOfOption = None, kind: KindOption = None, limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """Find who could give to a profile; shows hard eligibility with its reason.

    Example: catalynx discover --profile shelburne --kind foundation
    """
    from catalynx import workflows

    with opening(context).workspace() as workspace:
        found = _of_kind(workflows.discover(workspace, find_profile(workspace, profile), as_of=read_day(as_of)), kind)
    if as_json:
        print_json({"candidates": records(found)})
        return
    counts = found["eligibility"].value_counts()
    title = f"{len(found):,} candidates: " + ", ".join(f"{counts.get(name, 0):,} {word}" for name, word in _ELIGIBILITY.items())
    open_first = found.sort_values("eligibility", key=lambda column: column.map(list(_ELIGIBILITY).index), kind="stable").head(limit)
    rows = [
        (row.kind, row.name, _ELIGIBILITY[row.eligibility], row.eligibility_reason, "; ".join(row.marks))
        for row in open_first.itertuples(index=False)
    ]
    print_table(title, [("kind", "left"), ("name", "left"), ("eligible", "left"), ("because", "left"), ("to know", "left")], rows)


def score(
    context: typer.Context, profile: ProfileOption, as_of: AsOfOption = None, kind: KindOption = None, limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """Score who could give: each criterion from 0 to 1, and how much of the score rests on data.

    Example: catalynx score --profile shelburne --kind program --limit 10
    """
    from catalynx import workflows

    with opening(context).workspace() as workspace:
        scored, parts = workflows.score(workspace, find_profile(workspace, profile), as_of=read_day(as_of))
    scored = _of_kind(scored, kind)
    if as_json:
        print_json({"results": records(scored), "parts": records(parts[parts["candidate_id"].isin(scored["candidate_id"])])})
        return
    names = list(parts["criterion"].unique())
    values = parts.pivot(index="candidate_id", columns="criterion", values="value")
    rows = []
    for row in scored[scored["eligibility"] != "fails"].head(limit).itertuples(index=False):
        rows.append((row.kind, row.name, share(row.score), share(row.coverage), *(share(values.loc[row.candidate_id, name]) for name in names)))
    headings = [("kind", "left"), ("name", "left"), ("score", "right"), ("coverage", "right"), *((name, "right") for name in names)]
    print_table(f"Scores of {len(scored):,} candidates, the best {len(rows)}", headings, rows)


def decide(
    context: typer.Context, profile: ProfileOption, as_of: AsOfOption = None, kind: KindOption = None, limit: LimitOption = 15,
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="Record the decisions, so that they can be made again.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Decide what to pursue, prepare, consider later, monitor or decline, and say why.

    Example: catalynx decide --profile shelburne --as-of 2024-02-09
    """
    from catalynx import workflows

    with opening(context).workspace() as workspace:
        decided = workflows.decide(workspace, find_profile(workspace, profile), as_of=read_day(as_of))
        set_id = workflows.record(workspace, decided) if keep else None
    decisions = _of_kind(decided.decisions, kind)
    if as_json:
        print_json({"agenda": decided.agenda.sentence, "set_id": set_id, "lake_version": decided.lake_version,
                    "as_of": decided.rules.as_of, "decisions": records(decisions)})  # fmt: skip
        return
    print_decisions(decided, decisions, limit)
    if set_id:
        out.print(f"\nRecorded as {set_id}.")


def print_decisions(decided: Decided, decisions: pd.DataFrame, limit: int) -> None:
    """Print the sentence that sums up, the ranked table, and why the first ones are first."""
    out.print(f"[bold]{decided.agenda.sentence}[/bold]")
    out.print(f"For {decided.profile.organization_name}, as of {day(decided.rules.as_of)}, from lake version {decided.lake_version}.\n")
    rows = [
        (f"{row.rank}", row.recommendation, share(row.score), f"{row.coverage:.0%}", row.kind, row.name, money(row.ask_usd), day(row.deadline),
         "unknown" if row.effort_hours != row.effort_hours else f"{row.effort_low_hours:.0f}–{row.effort_high_hours:.0f} h")
        for row in decisions.head(limit).itertuples(index=False)
    ]  # fmt: skip
    headings = [("#", "right"), ("do", "left"), ("score", "right"), ("rests on", "right"), ("kind", "left"), ("name", "left"), ("ask", "right"),
                ("deadline", "left"), ("effort", "right")]  # fmt: skip
    counts = decisions["recommendation"].value_counts()
    print_table(", ".join(f"{counts[name]:,} {name}" for name in counts.index), headings, rows)
    for row in decisions.head(3).itertuples(index=False):
        out.print(f"\n[bold]{row.rank}. {row.name}[/bold]: {row.next_action}")
        for sign, texts in (("+", row.reasons_for), ("-", row.reasons_against), ("?", row.unknown)):
            for text in texts:
                out.print(f"  {sign} {text}", markup=False)


_ELIGIBILITY = {"passes": "yes", "unknown": "unknown", "fails": "no"}


def _of_kind(frame: pd.DataFrame, kind: str | None) -> pd.DataFrame:
    from catalynx.errors import BadParameter
    from catalynx.rules import KINDS

    if kind is None:
        return frame
    if kind not in KINDS:
        raise BadParameter("--kind", kind, f"one of {', '.join(KINDS)}")
    return frame[frame["kind"] == kind]

"""``catalynx discover | score | decide``: who could give, how good it looks, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalynx.cli.opening import AsOfOption, JsonOption, ProfileOption, find_profile, opening, read_day
from catalynx.cli.showing import PIPE_WIDTH, Heading, count, out, print_json, print_table, records, say, warn

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.workflows import Decided

KindOption = Annotated[str | None, typer.Option("--kind", help="foundation, program or opportunity; all when not given.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many rows to print; JSON has them all.")]

_ELIGIBILITY = {"passes": "yes", "unknown": "unknown", "fails": "no"}
_SHORT_KINDS = {"foundation": "found.", "program": "program", "opportunity": "opport."}


def add_to(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (discover, score, decide):
        app.command()(command)


def discover(
    context: typer.Context,
    profile: ProfileOption,
    as_of: AsOfOption = None,
    kind: KindOption = None,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """Find who could give to a profile; shows hard eligibility with its reason.

    Example: catalynx discover --profile shelburne --kind foundation
    """
    from catalynx import workflows
    from catalynx.columns import rows
    from catalynx.figures import wording

    day, kind = read_day(as_of), _known_kind(kind)
    with opening(context).workspace() as workspace:
        who = find_profile(workspace, profile)
        found = _of_kind(workflows.discover(workspace, who, as_of=day), kind)
        _warn_of(workflows.cautions(workspace, who, as_of=day))
    if as_json:
        print_json({"candidates": records(found)})
        return
    if found.empty:
        say(_nothing(kind))
        return
    counts = found["eligibility"].value_counts()
    told = ", ".join(f"{counts.get(name, 0):,} {word}" for name, word in _ELIGIBILITY.items())
    open_first = found.sort_values("eligibility", key=lambda column: column.map(list(_ELIGIBILITY).index), kind="stable")
    cells = [
        (
            _kind(row["kind"]),
            wording.name(row["name"]),
            _ELIGIBILITY[row["eligibility"]],
            "; ".join([row["eligibility_reason"], *row["marks"]]),
        )
        for row in rows(open_first.head(limit))
    ]
    headings = [Heading("kind"), Heading("name", words=True), Heading("eligible"), Heading("why, and what to know", words=True)]
    print_table(f"{count(len(found), 'candidate')}; eligible: {told}", headings, cells)


def score(
    context: typer.Context,
    profile: ProfileOption,
    as_of: AsOfOption = None,
    kind: KindOption = None,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """Score who could give: each criterion from 0 to 1, and how much of the score rests on data.

    Example: catalynx score --profile shelburne --kind program --limit 10
    """
    from catalynx import workflows

    day, kind = read_day(as_of), _known_kind(kind)
    with opening(context).workspace() as workspace:
        who = find_profile(workspace, profile)
        scored, parts = workflows.score(workspace, who, as_of=day)
        _warn_of(workflows.cautions(workspace, who, as_of=day))
    scored = _of_kind(scored, kind)
    parts = parts[parts["candidate_id"].isin(scored["candidate_id"])]
    if as_json:
        print_json({"results": records(scored), "parts": records(parts)})
        return
    if scored.empty:
        say(_nothing(kind))
        return
    print_scores(scored, parts, limit)


def _nothing(kind: str | None) -> str:
    from catalynx.decision.agenda import NO_CANDIDATES

    return NO_CANDIDATES if kind is None else f"The lake holds no {kind} yet: `catalynx ingest PATH` reads files that do."


def _warn_of(cautions: tuple[str, ...]) -> None:
    for caution in cautions:
        warn(caution)


def print_scores(scored: pd.DataFrame, parts: pd.DataFrame, limit: int) -> None:
    """Print the best candidates with the value of each criterion; those that fail a hard rule are left out."""
    from catalynx.columns import rows
    from catalynx.figures import wording

    best = scored[scored["eligibility"] != "fails"].head(limit)
    shown = parts[parts["candidate_id"].isin(best["candidate_id"])]
    values = {(row["candidate_id"], row["criterion"]): row["value"] for row in rows(shown)}
    weights = shown.groupby("criterion")["weight"].sum().sort_values(ascending=False)
    names = [str(name) for name in weights.index]
    cells = [
        (
            _kind(row["kind"]),
            wording.name(row["name"]),
            wording.score(row["score"]),
            wording.share(row["coverage"]),
            *(_value(values, row["candidate_id"], name) for name in names),
        )
        for row in rows(best)
    ]
    criteria = [Heading(name, right=True, spare=place) for place, name in enumerate(names, 1)]
    headings = [Heading("kind"), Heading("name", words=True), Heading("score", right=True), Heading("data", right=True)]
    print_table(f"{count(len(scored), 'candidate')}, the best {len(cells)}", [*headings, *criteria], cells)
    say("data: the share of the score's weight that rests on data; ?: unknown; -: not asked of this kind", style="dim")


def _value(values: dict[tuple[str, str], Any], candidate: str, criterion: str) -> str:
    from catalynx.figures import wording

    if (candidate, criterion) not in values:
        return "-"
    value = values[candidate, criterion]
    return "?" if wording.is_unknown(value) else wording.score(value)


def decide(
    context: typer.Context,
    profile: ProfileOption,
    as_of: AsOfOption = None,
    kind: KindOption = None,
    limit: LimitOption = 15,
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="Record the decisions, so that they can be made again.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Decide what to pursue, prepare, consider later, monitor or decline, and say why.

    Example: catalynx decide --profile shelburne --as-of 2024-02-09
    """
    from catalynx import workflows

    day, kind = read_day(as_of), _known_kind(kind)
    with opening(context).workspace() as workspace:
        decided = workflows.decide(workspace, find_profile(workspace, profile), as_of=day)
        set_id = workflows.record(workspace, decided) if keep else None
    _warn_of(decided.cautions)
    decisions = _of_kind(decided.decisions, kind)
    if as_json:
        print_json({"agenda": decided.agenda.sentence, "set_id": set_id, "lake_version": decided.lake_version,
                    "as_of": decided.rules.as_of, "decisions": records(decisions)})  # fmt: skip
        return
    print_decisions(decided, decisions, limit)
    if set_id:
        say(f"\nRecorded as {set_id}.")


def print_decisions(decided: Decided, decisions: pd.DataFrame, limit: int) -> None:
    """Print the sentence that sums up, the ranked table, and why the first ones are first."""
    from catalynx.columns import rows
    from catalynx.figures import wording
    from catalynx.rules import RECOMMENDATIONS

    say(decided.agenda.sentence, style="bold")
    say(
        f"For {decided.profile.organization_name}, as of {wording.day(decided.rules.as_of)}, "
        f"from lake version {decided.lake_version}.\n"
    )
    cells = [
        (
            f"{row['rank']}",
            row["recommendation"],
            wording.score(row["score"]),
            wording.share(row["coverage"]),
            wording.share(row["feasibility"]),
            row["priority"],
            _kind(row["kind"]),
            wording.name(row["name"]),
            wording.money(row["ask_usd"]),
            wording.day(row["deadline"]),
            wording.hours_between(row["effort_low_hours"], row["effort_high_hours"], row["effort_hours"]),
        )
        for row in rows(decisions.head(limit))
    ]
    headings = [
        Heading("#", right=True), Heading("do"), Heading("score", right=True), Heading("data", right=True),
        Heading("feasible", right=True, spare=3), Heading("priority", spare=4), Heading("kind"), Heading("name", words=True),
        Heading("ask", right=True), Heading("deadline", right=True, spare=1), Heading("effort", right=True, spare=2),
    ]  # fmt: skip
    if decisions.empty:
        return
    counts = decisions["recommendation"].value_counts()
    print_table(", ".join(f"{counts[name]:,} {name}" for name in RECOMMENDATIONS if name in counts), headings, cells)
    for row in rows(decisions.head(3)):
        say()
        say(f"{row['rank']}. {wording.name(row['name'])}: {row['next_action']}", style="bold", indent=3)
        for sign, texts in (("+", row["reasons_for"]), ("-", row["reasons_against"]), ("?", row["unknown"])):
            for text in texts:
                say(f"   {sign} {text}", indent=5)


def _kind(kind: str) -> str:
    return kind if out.width >= PIPE_WIDTH else _SHORT_KINDS[kind]


def _known_kind(kind: str | None) -> str | None:
    from catalynx.errors import BadParameter
    from catalynx.rules import KINDS

    if kind is not None and kind not in KINDS:
        raise BadParameter("--kind", kind, f"one of {', '.join(KINDS)}")
    return kind


def _of_kind(frame: pd.DataFrame, kind: str | None) -> pd.DataFrame:
    return frame if kind is None else frame[frame["kind"] == kind]

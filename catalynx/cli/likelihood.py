"""``catalynx backtest``: how well rankings and chances of the past foretold what came."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalynx.cli.opening import JsonOption, opening
from catalynx.cli.showing import Heading, count, err, plain, print_json, print_table, say, warn

if TYPE_CHECKING:
    from catalynx.backtest import Outcome, Ranking
    from catalynx.backtest.reckoning import Reckoned

DatasetOption = Annotated[
    str | None,
    typer.Option(
        "--dataset", help="A foundations, B NEH, C audits, C2 audits with half of the listings shown; all when not given."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(backtest)


def backtest(
    context: typer.Context,
    dataset: DatasetOption = None,
    origin: Annotated[
        int | None, typer.Option("--origin", help="Last year that is known; each data set has its own default.")
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Write every ranked pair to this CSV or Parquet file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Rank and reckon as of a year in the past, and compare with the new grants and awards that came after it.

    Example: catalynx backtest --dataset A --origin 2009 --predictions ranked.csv
    """
    from catalynx.backtest import CHOICES
    from catalynx.backtest import backtest as run
    from catalynx.errors import LakeEmpty

    wanted = CHOICES if dataset is None else (dataset.upper(),)
    outcomes: list[Outcome] = []
    with opening(context).workspace() as workspace:
        for letter in wanted:
            try:
                found = run(workspace.lake, letter, origin=origin, progress=_teller(letter))
            except LakeEmpty as error:
                if dataset is not None:
                    raise
                warn(f"data set {letter} is left out: {error}")
                continue
            outcomes.append(found)
            if not as_json:
                print_outcome(found)
    if predictions is not None:
        _write(outcomes, predictions)
    if as_json:
        print_json({"outcomes": plain([outcome.plain() for outcome in outcomes])})


def _teller(letter: str):  # type: ignore[no-untyped-def]
    return lambda words: err.print(f"{letter}: {words} …") if err.is_terminal else None


def _write(outcomes: list[Outcome], path: Path) -> None:
    import pandas as pd

    from catalynx.errors import BadParameter

    frames = [outcome.predictions for outcome in outcomes]
    whole = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if path.suffix == ".parquet":
        whole.to_parquet(path, index=False)
    elif path.suffix == ".csv":
        whole.to_csv(path, index=False)
    else:
        raise BadParameter("--predictions", path, "a file that ends with .csv or .parquet")
    warn_of = f"{count(len(whole), 'ranked pair')} written to {path}"
    err.print(warn_of)


def print_outcome(outcome: Outcome) -> None:
    """Print the rankings and the chances of one data set."""
    say(
        f"{outcome.dataset}: {outcome.title}, known to {outcome.origin}, asked about {outcome.origin + 1}–"
        f"{outcome.origin + outcome.window}",
        style="bold",
    )
    for ranking in outcome.rankings:
        _print_ranking(ranking)
    if outcome.chances is not None:
        _print_chances(outcome.chances)
    for unknown in outcome.unknown:
        say(f"unknown: {unknown}", style="dim")
    say()


def _print_ranking(ranking: Ranking) -> None:
    metrics = ("mrr", "recall_at_5", "recall_at_10", "hit_at_10", "ndcg_at_10")
    headings = [Heading("model"), Heading("MRR [95 %]", right=True), *(Heading(name, right=True) for name in metrics[1:]),
                Heading("ours less it", right=True)]  # fmt: skip
    by_mrr = sorted(ranking.metrics, key=lambda name: -ranking.metrics[name]["mrr"].mean)
    rows = [
        (
            name,
            str(ranking.metrics[name]["mrr"]),
            *(f"{ranking.metrics[name][metric].mean:.3f}" for metric in metrics[1:]),
            str(ranking.differences[name]) if name in ranking.differences else "",
        )
        for name in by_mrr
    ]
    title = (
        f"{ranking.kind} recipients, {ranking.candidates} funders: {count(ranking.recipients, 'recipient')}, "
        f"{count(ranking.pairs, 'new pair')}, {count(ranking.funders, 'candidate')}; not rankable: "
        f"{count(ranking.unrankable_pairs, 'new pair')}"
    )
    print_table(title, headings, rows)


def _print_chances(chances: Reckoned) -> None:
    sizes = ", ".join(f"{ratio:.2f}" for ratio in chances.ratio_by_size)
    say(
        f"Chances of {chances.pairs:,} pairs, of which {chances.came:,} came: log loss {chances.log_loss:.5f}, "
        f"{chances.lower_by_pct:.1f} % below the constant of the last window; expected over observed {chances.ratio:.2f}, "
        f"in the top tenth {chances.ratio_top_decile:.2f}, by fifths of recipients by size {sizes}; "
        f"{chances.covered_by_funder_pct:.0f} % of {chances.funders} funders within their 90 % interval."
    )

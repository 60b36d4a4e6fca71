"""``catalynx backtest`` and ``catalynx likelihood …``: what was foretold against what came, and what is foretold now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalynx.cli.opening import JsonOption, ProfileOption, find_profile, opening
from catalynx.cli.results import LimitOption
from catalynx.cli.showing import Heading, count, err, plain, print_json, print_table, records, say, warn

if TYPE_CHECKING:
    from catalynx.backtest import Outcome, Ranking
    from catalynx.backtest.reckoning import Reckoned

DatasetOption = Annotated[
    str | None,
    typer.Option(
        "--dataset", help="A foundations, B NEH, C audits, C2 audits with half of the listings shown; all when not given."
    ),
]


likelihood_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="How likely a new grant will be reported: train the model, ask it."
)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(backtest)
    app.add_typer(likelihood_app, name="likelihood")


@likelihood_app.command()
def train(context: typer.Context) -> None:
    """Train the model on the lake's current version and keep it in the lake, with its card.

    Example: catalynx likelihood train
    """
    from catalynx import __version__
    from catalynx.backtest import keep
    from catalynx.backtest import train as learn

    with opening(context).workspace() as workspace:
        trained = learn(workspace.lake, progress=_teller("train"))
        with workspace.changing("train likelihood", "lake", workspace.lake.id, {}):
            folder = keep(trained, workspace.settings.lake, workspace.lake.id, __version__)
    say(
        f"Learned from {', '.join(map(str, trained.learned_from))}, set right on {trained.calibrated_on}, asks about "
        f"{trained.origin + 1}–{trained.origin + trained.window}: {folder}"
    )


@likelihood_app.command()
def show(context: typer.Context, profile: ProfileOption, limit: LimitOption = 20, as_json: JsonOption = False) -> None:
    """Show how likely a new grant from each foundation to a profile will be reported, and how many federal applications were.

    Without a model the chances are unknown; `catalynx likelihood train` makes it.

    Example: catalynx likelihood show --profile shelburne
    """
    from catalynx.columns import rows
    from catalynx.figures import wording
    from catalynx.lookups.likelihood import CLAIM, likelihoods_of

    with opening(context).workspace() as workspace:
        found = likelihoods_of(workspace, find_profile(workspace, profile))
    whole = found.rows
    if as_json:
        told = {one.name: getattr(found, one.name) for one in fields(found) if one.name != "rows"}
        print_json({"claim": CLAIM, **told, "likelihoods": records(whole)})
        return
    if found.unknown is not None:
        warn(f"Chances are {found.unknown}. `{found.way_out}` trains one.")
    likely = whole[whole["likelihood"].notna()]
    cells = [
        (row["name"], *(wording.chance(row[name]) for name in ("likelihood", "likelihood_low", "likelihood_high")),
         row["likelihood_note"])
        for row in rows(likely.head(limit))
    ]  # fmt: skip
    headings = [Heading("name", words=True), *(Heading(head, right=True) for head in ("chance", "low", "high")),
                Heading("what it says", words=True)]  # fmt: skip
    foundations = int((whole["kind"] == "foundation").sum())
    print_table(f"{count(len(likely), 'foundation')} with a chance, {foundations - len(likely):,} unknown", headings, cells)
    rates = whole[whole["base_rate"].notna()]
    lines = [(row["name"], wording.share(row["base_rate"]), row["base_rate_says"]) for row in rows(rates.head(limit))]
    headings = [Heading("name", words=True), Heading("funded", right=True), Heading("of all who applied", words=True)]
    silent = len(whole) - foundations - len(rates)
    print_table(f"\n{count(len(rates), 'federal candidate')} with applications and awards, {silent:,} unknown", headings, lines)


def backtest(
    context: typer.Context,
    dataset: DatasetOption = None,
    origin: Annotated[
        int | None, typer.Option("--origin", help="Last year that is known; each data set has its own default.")
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Write every ranked pair to this CSV or Parquet file.")
    ] = None,
    ingredients: Annotated[
        bool, typer.Option("--ingredients", help="Also learn without each ingredient, to see what it is worth.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Rank and reckon as of a year in the past, and compare with the new grants and awards that came after it.

    Example: catalynx backtest --dataset A --origin 2009 --predictions ranked.csv
    """
    from catalynx import __version__
    from catalynx.backtest import CHOICES, keep_outcome
    from catalynx.backtest import backtest as run
    from catalynx.errors import LakeEmpty

    wanted = CHOICES if dataset is None else (dataset.upper(),)
    outcomes: list[Outcome] = []
    with opening(context).workspace() as workspace:
        for letter in wanted:
            try:
                found = run(workspace.lake, letter, origin=origin, ingredients=ingredients, progress=_teller(letter))
            except LakeEmpty as error:
                if dataset is not None:
                    raise
                warn(f"data set {letter} is left out: {error}")
                continue
            outcomes.append(found)
            with workspace.changing("keep back-test", "lake", workspace.lake.id, {"dataset": letter}):
                keep_outcome(found, workspace.settings.lake, workspace.lake.id, __version__)
            if not as_json:
                print_outcome(found)
    if predictions is not None:
        _write(outcomes, predictions)
    if as_json:
        print_json({"outcomes": plain([outcome.plain() for outcome in outcomes])})


def _teller(letter: str) -> Callable[[str], None]:
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
    err.print(f"{count(len(whole), 'ranked pair')} written to {path}")


def print_outcome(outcome: Outcome) -> None:
    """Print the rankings and the chances of one data set."""
    say(
        f"{outcome.dataset}: {outcome.title}, known to {outcome.origin}, asked about {outcome.origin + 1}–"
        f"{outcome.origin + outcome.window}",
        style="bold",
    )
    for ranking in outcome.rankings:
        _print_ranking(ranking)
    for kind, falls in outcome.worth.items():
        told = "; ".join(f"{name} {fall}" for name, fall in falls.items())
        say(f"MRR of {kind} recipients falls, without an ingredient, by: {told}")
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

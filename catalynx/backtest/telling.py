"""What kept back-tests and the model of a lake version say, in a sentence and in small tables: the first page of a model card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx.backtest.examining import MODEL
from catalynx.backtest.training import newest_model
from catalynx.errors import NotFound

if TYPE_CHECKING:
    import pandas as pd

TRAIN = "`catalynx likelihood train`"


def verdict(outcomes: Sequence[Mapping[str, Any]]) -> str:
    """Say in a sentence or two how good rankings and chances were."""
    if not outcomes:
        return "Nothing is known of how good it is: no back-test of this lake version is kept. `catalynx backtest` makes them."
    found = list(_rankings(outcomes))
    better = sum(one["difference"]["low"] > 0 for one in found)
    worse = sum(one["difference"]["high"] < 0 for one in found)
    asked = "one question" if len(found) == 1 else f"{len(found)} questions"
    said = [
        f"Asked {asked} about years it did not know, the model ranked better than the best baseline in {better}"
        + (f", worse in {worse}" if worse else "")
        + (f", and no difference can be told in {same}." if (same := len(found) - better - worse) else ".")
    ]
    for one in outcomes:
        if (chances := one["chances"]) is not None:
            said.append(
                f"Its chances on {one['dataset']} added up to {chances['ratio']:.2f} times what came, with a log loss "
                f"{chances['lower_by_pct']:.0f} % below that of a constant."
            )
    return " ".join(said)


def summary_table(outcomes: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row a question: who was asked about, our mean reciprocal rank, the best baseline's, and the difference."""
    import pandas as pd

    columns = ["question", "recipients", "candidates", "ours", "best_baseline", "baseline", "difference", "told_apart"]
    rows = [
        {
            "question": one["question"],
            "recipients": f"{one['kind']} ({one['recipients']:,})",
            "candidates": f"{one['candidates']} ({one['funders']:,})",
            "ours": _interval(one["ours"]),
            "best_baseline": one["best_baseline"],
            "baseline": _interval(one["baseline"]),
            "difference": _interval(one["difference"]),
            "told_apart": "better" if one["difference"]["low"] > 0 else "worse" if one["difference"]["high"] < 0 else "no",
        }
        for one in _rankings(outcomes)
    ]
    return pd.DataFrame(rows, columns=columns)


def worth_table(outcomes: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return by how much the mean reciprocal rank fell without each ingredient; no rows where that was not asked for."""
    import pandas as pd

    rows = [
        (outcome["dataset"], kind, name, _interval(fall))
        for outcome in outcomes
        for kind, falls in outcome["worth"].items()
        for name, fall in falls.items()
    ]
    return pd.DataFrame(rows, columns=["dataset", "kind", "ingredient", "fall"])


def model_facts(lake: Path, version: str) -> list[str]:
    """Say what the model of a lake version was made of, sentence by sentence; or that there is none, and how to make it."""
    try:
        trained, card = newest_model(lake, version)
    except NotFound:
        return [f"No model was trained on this lake version, so no chance is shown anywhere: {TRAIN} makes it"]
    learned = ", ".join(map(str, trained.learned_from))
    return [
        f"It speaks of {trained.origin + 1}–{trained.origin + trained.window}: {trained.origin} is the last year that the lists "
        "cover well",
        f"It was learned from what was known until {learned}, and set right on what came after {trained.calibrated_on}",
        f"It expects {trained.volume:,.0f} new pairs of a funder and an organisation on record in these years",
        f"It reads {len(trained.features)} features of a pair, named in its card",
        f"It was made by Catalynx {card['code_version']} from lake version {version}; SHA-256 of its file: {card['sha256']}",
    ]


def _rankings(outcomes: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give what was asked, once: where all funders are covered, both choices of candidates are the same question."""
    for outcome in outcomes:
        seen: list[Any] = []
        for one in outcome["rankings"]:
            if (same := (one["kind"], one["recipients"], one["funders"], one["pairs"])) in seen:
                continue
            seen.append(same)
            best, years = one["best_baseline"], f"{outcome['origin'] + 1}–{outcome['origin'] + outcome['window']}"
            yield {
                **one, "question": f"{outcome['dataset']}, {years if outcome['window'] > 1 else outcome['origin'] + 1}",
                "ours": one["metrics"][MODEL]["mrr"], "baseline": one["metrics"][best]["mrr"],
                "difference": one["differences"][best],
            }  # fmt: skip


def _interval(one: Mapping[str, float]) -> str:
    return f"{one['mean']:.3f} [{one['low']:.3f}, {one['high']:.3f}]".replace("-", "−")

"""What back-tests found, kept as files beside the versions of the lake, and shown as tables of a model card."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx.backtest.running import Outcome

if TYPE_CHECKING:
    import pandas as pd

MODELS = "models"
Plain = dict[str, Any]


def keep_outcome(outcome: Outcome, lake: Path, version: str, code: str) -> Path:
    """Write what was found, with the versions of data and code, and return the file; the newest of a question stays."""
    folder = lake / MODELS
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"backtest-{version}-{outcome.dataset}-{outcome.origin}.json"
    content = {"lake_version": version, "code_version": code, **outcome.plain()}
    fresh = file.with_name(f".{file.name}-{os.getpid()}")
    fresh.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
    os.replace(fresh, file)
    return file


def kept_outcomes(lake: Path, version: str) -> list[Plain]:
    """Read the back-tests of a lake version that were kept, by data set and origin."""
    return [json.loads(file.read_text()) for file in sorted((lake / MODELS).glob(f"backtest-{version}-*.json"))]


def ranking_table(outcomes: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row a data set, kind of recipient, choice of candidates and model, best first within each."""
    import pandas as pd

    rows = [
        {
            "question": f"{outcome['dataset']}, {outcome['origin'] + 1}–{outcome['origin'] + outcome['window']}",
            "recipients": f"{ranking['kind']} ({ranking['recipients']:,})",
            "candidates": f"{ranking['candidates']} ({ranking['funders']:,})",
            "model": name,
            "mrr": _interval(metrics["mrr"]),
            **{metric: metrics[metric]["mean"] for metric in metrics if metric != "mrr"},
            "ours_less_it": _interval(ranking["differences"][name]) if name in ranking["differences"] else "",
            "order": -metrics["mrr"]["mean"],
        }
        for outcome in outcomes
        for ranking in outcome["rankings"]
        for name, metrics in ranking["metrics"].items()
    ]
    columns = ["question", "recipients", "candidates", "model", "mrr", "recall_at_5", "recall_at_10", "hit_at_10", "ndcg_at_10",
               "ours_less_it", "order"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["question", "recipients", "candidates", "order"], kind="stable", ignore_index=True).drop(
        columns="order"
    )


def chance_table(outcomes: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row a data set: log loss against the constant, expected over observed, intervals that held."""
    import pandas as pd

    columns = ["dataset", "pairs", "came", "log_loss", "constant_log_loss", "lower_by_pct", "ratio", "ratio_top_decile",
               "ratio_by_size", "funders", "covered_by_funder_pct"]  # fmt: skip
    rows = [
        {
            **{name: value for name, value in outcome["chances"].items() if name in columns},
            "dataset": outcome["dataset"],
            "ratio_by_size": ", ".join(f"{ratio:.2f}" for ratio in outcome["chances"]["ratio_by_size"]),
        }
        for outcome in outcomes
        if outcome["chances"] is not None
    ]
    return pd.DataFrame(rows, columns=columns)


def _interval(one: Mapping[str, float]) -> str:
    return f"{one['mean']:.3f} [{one['low']:.3f}, {one['high']:.3f}]"

"""The candidates that the knobs of the page Decisions can name: by name, those of the plan first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from catalynx.figures import wording

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lookups.planning import Planned
    from dashboards.answers import Answers

NOBODY: Final = {"choose one": ""}
MOST_OFFERED: Final = 300


@dataclass(frozen=True, eq=False)
class Offered:
    """Who can be chosen.

    Parameters
    ----------
    order : the candidates that are offered, in the order in which they are
    labels : candidate_id → name of every candidate; names that two have say which
    told : what the decisions say of every candidate, by candidate_id; None before there are any
    """

    order: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    told: pd.DataFrame | None = None

    @property
    def options(self) -> dict[str, str]:
        """Name → candidate_id, for a list to choose from."""
        return {**NOBODY, **{self.labels[key]: key for key in self.order}}

    def name(self, candidate_id: str) -> str:
        """Return the name of a candidate; its id where the data do not have it any more."""
        return self.labels.get(candidate_id, candidate_id)

    def row(self, candidate_id: str) -> Mapping[Any, Any] | None:
        """Return what the decisions say of a candidate; None where the data do not have it."""
        if self.told is None or candidate_id not in self.told.index:
            return None
        return dict(self.told.loc[candidate_id])

    def of_plan_first(self, found: Planned) -> Offered:
        """Return them with those of the plan first, then those that could be planned."""
        chosen, could = set(found.plan.chosen), set(found.names) - set(found.plan.left_out)
        return replace(self, order=tuple(sorted(self.order, key=lambda key: (key not in chosen, key not in could))))

    def together_with(self, candidate_id: str) -> Offered:
        """Return them with one more, that is too far down to be offered unasked."""
        wanted = candidate_id in self.labels and candidate_id not in self.order
        return replace(self, order=(*self.order, candidate_id)) if wanted else self


def offered(answers: Answers) -> Offered:
    """Return the candidates that can be chosen, the best first; what a hard rule excludes is not offered."""
    decisions = answers.decisions.sort_values("rank")
    names = dict(zip(decisions["candidate_id"].astype(str), map(wording.name, decisions["name"]), strict=True))
    several = Counter(names.values())
    labels = {key: f"{name} ({key})" if several[name] > 1 else name for key, name in names.items()}
    rates = answers.candidates.set_index("candidate_id").reindex(columns=["award_rate_pct"])
    told = decisions[["candidate_id", "ask_usd", "deadline", "effort_hours"]].join(rates, on="candidate_id")
    may = decisions.loc[decisions["eligibility"] != "fails", "candidate_id"].astype(str)
    return Offered(tuple(may.head(MOST_OFFERED)), labels, told.set_index("candidate_id"))

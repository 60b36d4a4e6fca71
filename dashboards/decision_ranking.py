"""The ranked list of the page Decisions: who stands where under a wish, and how far that is from where it stands as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from catalynx.figures import choosing, wording
from catalynx.rules import KINDS, RECOMMENDATIONS
from dashboards.drawer import as_list
from dashboards.shell import fill, skeleton
from dashboards.widgets import choice, side_by_side, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from dashboards.answers import Answers
    from dashboards.wish import Wish

ROWS_A_PAGE: Final = 8
HEADS: Final = (
    ("#", "number", "place in this order; beside it how many places it rose or fell against the order as it is"),
    ("Candidate", "", "with a sensible amount to ask for and the last day to apply; a name opens the rows behind it"),
    ("What to do", "", "by score and by what is known; the score is the mean of the criteria that have data, by these weights"),
    ("On top", "number", "share of all draws of weights and unknown values in which it is among the first ten"),
    ("Why, and the plan", "", "the strongest reason for and against; whether the plan must hold it"),
)  # fmt: skip


class Ranking:
    """The card with the ranked list and its filters."""

    def __init__(self) -> None:
        self._table = skeleton()
        self.filters = {
            "kind": choice("Kind", {"all kinds": "", **{kind: kind for kind in KINDS}}),
            "decision": choice("What to do", {"all decisions": "", **{name: name for name in RECOMMENDATIONS}}),
            "words": text("Words in name, funder or reasons", "e.g. humanities"),
        }

    @property
    def body(self) -> Any:
        """What the card holds."""
        import panel as pn

        return pn.Column(side_by_side(*self.filters.values()), self._table, sizing_mode="stretch_width", margin=0)

    def say(self, says: Any) -> None:
        """Show a message instead of a list."""
        from dashboards.fragments import show

        show(self._table, says)

    def show(
        self, answers: Answers, ordered: pd.DataFrame, wish: Wish, on_top: Mapping[str, float], parts: Mapping[str, str]
    ) -> None:
        """Show a page of the list.

        Parameters
        ----------
        ordered : score, class and rank under the wish
        on_top : candidate_id → share of draws among the best ten, for those that were drawn
        parts : where in the page the reader is
        """
        found = choosing.chosen(
            with_order(answers.decisions, ordered), kind=self.filters["kind"].value, sort="rank",
            recommendation=self.filters["decision"].value, text=self.filters["words"].value,
        )  # fmt: skip
        pages = max(1, -(-len(found) // ROWS_A_PAGE))
        wanted = parts.get("page", "1")
        page = min(max(1, int(wanted)), pages) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
        first = (page - 1) * ROWS_A_PAGE
        shown = found.iloc[first : first + ROWS_A_PAGE].to_dict("records")
        here = {"page": str(page)} if page > 1 else {}
        fill(
            self._table, "order.html", rows=[_row(one, wish, on_top, here) for one in shown], heads=HEADS, total=len(found),
            all=len(ordered), first=first + 1, last=first + len(shown), page=page, pages=pages, today=answers.today,
            before=urlencode({"page": page - 1}), after=urlencode({"page": page + 1}),
        )  # fmt: skip


def with_order(decisions: pd.DataFrame, ordered: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions with score, coverage, class and rank under a wish, beside class and rank as they were."""
    before = decisions.rename(columns={"rank": "rank_before", "recommendation": "recommendation_before"})
    return before.drop(columns=["score", "coverage"]).merge(ordered, on="candidate_id")


def _row(row: dict[Any, Any], wish: Wish, on_top: Mapping[str, float], here: dict[str, str]) -> dict[str, Any]:
    candidate = row["candidate_id"]
    place = "must" if candidate in wish.must else "not" if candidate in wish.must_not else "free"
    others = {name: urlencode({**here, "plan": f"{name}:{candidate}"}) for name in ("must", "not", "free") if name != place}
    return {
        **row, **{name: as_list(row[name]) for name in ("marks", "reasons_for", "reasons_against")},
        "moved": int(row["rank_before"]) - int(row["rank"]), "on_top": on_top.get(candidate), "place": place, "others": others,
        "link": urlencode({**here, "evidence": candidate}), "known": urlencode({**here, "known": f"open:{candidate}"}),
        "told": wording.name(row["name"]),
    }  # fmt: skip

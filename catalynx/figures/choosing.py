"""The decisions that a reader asked for, in the order asked for."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from catalynx.errors import BadParameter

SORTS: Final[dict[str, tuple[str, bool]]] = {
    "rank": ("rank", True), "name": ("name", True), "score": ("score", False), "coverage": ("coverage", False),
    "ask": ("ask_usd", False), "deadline": ("deadline", True), "effort": ("effort_hours", True),
}  # fmt: skip
"""What a table of decisions can be ordered by: the column, and whether small comes first."""


def chosen(
    decisions: pd.DataFrame,
    *,
    kind: str = "",
    recommendation: str = "",
    minimum_score: float = 0.0,
    text: str = "",
    sort: str = "rank",
) -> pd.DataFrame:
    """Return the decisions that a reader asked for, ordered as asked; empty text asks for all.

    A candidate without a score is kept only when no minimum is asked for: nobody knows whether it reaches one.

    Raises
    ------
    BadParameter
        `sort` is not one of `SORTS`.
    """
    if sort not in SORTS:
        raise BadParameter("sort", sort, "one of " + ", ".join(SORTS))
    keep = pd.Series(True, index=decisions.index)
    if kind:
        keep &= decisions["kind"] == kind
    if recommendation:
        keep &= decisions["recommendation"] == recommendation
    if minimum_score > 0:
        keep &= decisions["score"].ge(minimum_score).fillna(False)
    for word in text.casefold().split():
        keep &= _searched_text(decisions).str.contains(word, regex=False)
    column, ascending = SORTS[sort]
    found = decisions[keep]
    order = found[column].astype(str).str.casefold() if column == "name" else found[column]
    if column == "deadline":
        order = pd.to_datetime(order)
    return (
        found.assign(_order=order)
        .sort_values(["_order", "rank"], ascending=[ascending, True], na_position="last")
        .drop(columns="_order")
    )


def _searched_text(decisions: pd.DataFrame) -> pd.Series[Any]:
    texts = decisions["name"].fillna("") + " " + decisions["funder_name"].fillna("")
    reasons = decisions["reasons_for"].map(_joined) + " " + decisions["reasons_against"].map(_joined)
    return (texts + " " + reasons).str.casefold()


def _joined(texts: Any) -> str:
    return " ".join(texts) if isinstance(texts, (list, tuple)) or hasattr(texts, "tolist") else ""

"""The cards of the page Readiness: the risk of one candidate, the ratios by year, and the peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from catalynx.figures import peer_standing, ratio_by_year, risk_dimensions, wording
from catalynx.lookups.risks import risk_parts
from dashboards.charts import Chart
from dashboards.fragments import fragment, pane, show
from dashboards.shell import fill, skeleton
from dashboards.widgets import choice

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from catalynx.lookups.finances import Finances
    from catalynx.lookups.risks import Risks

RATIOS = {
    "Operating margin": "operating_margin", "Reserve": "reserve_months", "Cash": "months_of_cash",
    "Debt to assets": "liabilities_to_assets", "For programs": "program_share", "For administration": "administration_share",
    "For fundraising": "fundraising_share", "Cost of fundraising": "fundraising_cost",
    "Concentration of revenue": "revenue_concentration", "Swings of revenue": "revenue_volatility",
    "Concentration on funders": "funder_concentration", "Largest funder": "largest_funder_share",
}  # fmt: skip
"""What a reader chooses → the ratio of ``docs/finance.md``."""
NAMES = {ratio: name for name, ratio in RATIOS.items()}


class RiskCard:
    """What could go wrong with the chosen candidate: a sentence, six bars, and every signal with its rows."""

    def __init__(self) -> None:
        import panel as pn

        self._risks: Risks | None = None
        self._signals: pd.DataFrame | None = None
        self._chosen: dict[Any, Any] = {}
        self.told: dict[str, Any] = {}
        """How many signals are known, and the strongest, for the sentence of the page."""
        self._says, self._rows = skeleton(), pane(fragment("empty.html"))
        self._figure = Chart()
        self.body = pn.Column(self._says, self._figure.body, self._rows, sizing_mode="stretch_width", margin=0)

    def know(self, risks: Risks) -> None:
        """Take in the risks of all candidates."""
        self._risks = risks

    def clear(self, says: Markup) -> None:
        """Show a message instead of a risk."""
        show(self._says, says)
        self._figure.clear(fragment("empty.html"))
        show(self._rows, fragment("empty.html"))

    def choose(self, chosen: dict[Any, Any]) -> None:
        """Show the risk of a candidate."""
        if self._risks is None:
            return
        self._chosen = chosen
        self._signals = risk_parts(self._risks, chosen["candidate_id"])
        dimensions = dimensions_of(self._risks, self._signals, chosen["candidate_id"])
        known = self._signals[self._signals["value"].notna()].sort_values("contribution", ascending=False, kind="stable")
        speaking = known[known["value"] >= risk_dimensions.LEAST]
        self.told = {
            "known": len(known), "all": len(self._signals), "speaking": len(speaking),
            "strongest": None if speaking.empty else speaking.iloc[0].to_dict(),
        }  # fmt: skip
        fill(self._says, "risk_says.html", chosen=chosen, told=self.told, dimensions=dimensions.to_dict("records"))
        told = [(one["dimension"], wording.score(one["risk"]), f"{one['known']} of {one['signals']}")
                for one in dimensions.to_dict("records")]  # fmt: skip
        heads = ("Dimension", "Risk, 0 to 1", "Signals with data")
        self._figure.draw(risk_dimensions.risk_dimensions(dimensions, title=None), risk_dimensions.QUESTION, heads, told, (1, 2))
        rows = [self._row(one) for one in self._signals.to_dict("records")]
        rest = [one for one in rows if wording.is_unknown(one["value"])]
        fill(self._rows, "risk_signals.html", known=[one for one in rows if not wording.is_unknown(one["value"])], rest=rest)

    def condition_of(self, wanted: str) -> tuple[str, str] | None:
        """Return what a signal is called, and the condition that finds its rows."""
        if self._signals is None:
            return None
        found = self._signals[self._signals["signal"] == wanted.partition(":")[2]]
        if found.empty or wording.is_unknown(found["evidence"].iloc[0]):
            return None
        return str(found["because"].iloc[0]).removeprefix("unknown: "), str(found["evidence"].iloc[0])

    def _row(self, row: dict[Any, Any]) -> dict[str, Any]:
        because = str(row["because"]).removeprefix("unknown: ")
        place = {"candidate": self._chosen["candidate_id"], "evidence": f"signal:{row['signal']}"}
        link = None if wording.is_unknown(row["evidence"]) else urlencode(place)
        return {**row, "because": because[:1].upper() + because[1:], "name": str(row["signal"]).replace("_", " "), "link": link}


def dimensions_of(risks: Risks, signals: pd.DataFrame, candidate_id: str) -> pd.DataFrame:
    """Return the risk of one candidate in each dimension, and how many of its signals are known."""
    import pandas as pd

    row = risks.risks[risks.risks["candidate_id"] == candidate_id].iloc[0]
    counted = signals.groupby("dimension", sort=False)["value"].agg(known="count", signals="size")
    names = [name for name in ("financial", "operational", "sustainability", "compliance", "capacity", "external") if name in row]
    values = [None if wording.is_unknown(row[name]) else float(row[name]) for name in names]
    found = pd.DataFrame({"dimension": names, "risk": pd.Series(values, dtype="float64")})
    return found.join(counted, on="dimension").fillna({"known": 0, "signals": 0}).astype({"known": int, "signals": int})


class FinanceCards:
    """The ratios of the profile: one by year, and all of them among peers."""

    def __init__(self) -> None:
        import panel as pn

        self._finances: Finances | None = None
        self.ratio = choice("Ratio", RATIOS)
        self.ratio.width = 260
        self.ratio.visible = False
        self._says, self._by_year, self._among = skeleton(), Chart(), Chart()
        self.sound = pn.Column(self.ratio, self._says, self._by_year.body, sizing_mode="stretch_width", margin=0)
        self._unknown = pane(fragment("empty.html"))
        self.peers = pn.Column(self._among.body, self._unknown, sizing_mode="stretch_width", margin=0)

    def clear(self, says: Markup) -> None:
        """Show a message instead of finances."""
        show(self._says, says)
        self._by_year.clear(fragment("empty.html"))
        self._among.clear(says)

    def know(self, finances: Finances) -> None:
        """Take in the finances of the profile."""
        self._finances = finances
        if not finances.ratios["return_id"].notna().any():
            self._by_year.clear(fragment("empty.html"))
            fill(self._says, "no_return.html", ein=finances.profile.ein)
            why = "peers are found by the revenue of our latest return, and there is none on file."
            self._among.clear(fragment("unknown.html", why=why))
            return
        self.ratio.visible = True
        self.show_ratio()
        self._show_peers(finances.standings)

    def show_ratio(self) -> None:
        """Show the ratio that is chosen."""
        if self._finances is None or not self.ratio.visible:
            return
        standings = self._finances.standings
        found = standings[standings["ratio"] == self.ratio.value].to_dict("records")
        years = self._finances.ratios[self._finances.ratios["ratio"] == self.ratio.value].sort_values("tax_year")
        if not found:
            fill(self._says, "unknown.html", why="no return on file tells it.")
            self._by_year.clear(fragment("empty.html"))
            return
        one = found[0]
        unit = str(one["unit"])
        median = None if wording.is_unknown(one["peer_median"]) else float(one["peer_median"])
        fill(self._says, "ratio_says.html", one=one, name=NAMES[one["ratio"]], value=ratio_by_year.in_words(one["value"], unit),
             trend=_change(one["trend_per_year"], unit), median=ratio_by_year.in_words(median, unit))  # fmt: skip
        told = [
            (_year(row["tax_year"]), ratio_by_year.in_words(row["value"], unit), _text(row["reason"]), _text(row["lines"]),
             " · ".join(str(row[name]) for name in ("file", "place") if not wording.is_unknown(row[name])) or "gifts on record")
            for row in years.to_dict("records")
        ]  # fmt: skip
        heads = ("Tax year", "Value", "Why unknown", "Lines of the form", "Stands in")
        self._by_year.draw(
            ratio_by_year.ratio_by_year(years, unit=unit, peer_median=median, title=None),
            ratio_by_year.QUESTION,
            heads,
            told,
            (1,),
        )

    def _show_peers(self, standings: pd.DataFrame) -> None:
        told = [
            (NAMES.get(one["ratio"], one["ratio"]), ratio_by_year.in_words(one["value"], one["unit"]),
             ratio_by_year.in_words(one["peer_median"], one["unit"]), _percentile(one),
             _change(one["trend_per_year"], one["unit"]),
             _text(one["reason"] if not wording.is_unknown(one["reason"]) else one["peer_reason"]))
            for one in standings.to_dict("records")
        ]  # fmt: skip
        heads = ("Ratio", "Ours", "Median of peers", "Peers below", "Change a year", "Why unknown")
        named = standings.assign(ratio=standings["ratio"].map(NAMES).fillna(standings["ratio"]))
        self._among.draw(peer_standing.peer_standing(named, title=None), peer_standing.QUESTION, heads, told, (1, 2, 3, 4))
        groups = sorted({str(group) for group in standings["peer_group"] if not wording.is_unknown(group)})
        without = [
            NAMES.get(one["ratio"], one["ratio"])
            for one in standings.to_dict("records")
            if wording.is_unknown(one["peer_percentile"])
        ]
        fill(self._unknown, "peers_say.html", groups=groups, without=without)


def _change(value: Any, unit: str) -> str:
    if wording.is_unknown(value):
        return wording.UNKNOWN
    told = ratio_by_year.in_words(value, unit)
    return told if told.startswith("−") else f"+{told}"


def _percentile(row: dict[Any, Any]) -> str:
    return wording.UNKNOWN if wording.is_unknown(row["peer_percentile"]) else f"{row['peer_percentile']:.0f} %"


def _year(value: Any) -> str:
    return wording.UNKNOWN if wording.is_unknown(value) else str(int(value))


def _text(value: Any) -> str:
    return "" if wording.is_unknown(value) else str(value)

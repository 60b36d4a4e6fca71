"""What is known of one funder: what it gives, where, to which fields, who is there, and the ways to it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from catalynx.columns.ntee_majors import NTEE_MAJORS
from catalynx.errors import CatalynxError
from catalynx.figures import giving_by_year, grant_sizes, grants_by, network_path, wording
from dashboards.behind import Behind
from dashboards.charts import Chart
from dashboards.drawer import as_list
from dashboards.fragments import fragment, show
from dashboards.likely import Likely
from dashboards.pages import Card
from dashboards.shell import error_state, fill, skeleton

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from markupsafe import Markup

    from catalynx.lookups.network import Network
    from catalynx.lookups.officers import Officers
    from catalynx.lookups.paths import Paths
    from dashboards.answers import Answers, Evidence, EvidenceTable
    from dashboards.pages import Visit

ALIKE_SHOWN: Final = 6
PEOPLE_SHOWN: Final = 12
READING = "Reading its grants…"
GIFTS = ("grants", "awards")


class FunderCards:
    """The cards about the funder that is chosen."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._row: dict[Any, Any] | None = None
        self._network: Network | None = None
        self._paths: Paths | None = None
        self._tied: Markup | None = None
        self._chosen, self._ways, self._people, self._alike, self._shared = (skeleton() for _ in range(5))
        self._likely = Likely(visit)
        self._picture = Chart()
        self._giving, self._sizes, self._places, self._fields = (Chart() for _ in range(4))
        self._behind = Behind(visit, self._condition_of)
        self.drawer = self._behind.body

    def cards(self) -> list[Card]:
        """Return the cards in the order in which they answer."""
        import panel as pn

        def column(*parts: Any) -> Any:
            return pn.Column(*parts, sizing_mode="stretch_width", margin=0)

        ways = column(self._picture.body, self._ways)
        who = column(self._people, self._alike, self._shared)
        return [
            Card("chosen", column(self._chosen, self._likely.body), columns=8),
            Card("ways", ways, network_path.QUESTION, 8, "The shortest ways on record, through people and through grants."),
            Card("giving", self._giving.body, giving_by_year.QUESTION, 4),
            Card("sizes", self._sizes.body, grant_sizes.QUESTION, 4),
            Card("places", self._places.body, grants_by.QUESTION, 4, "Grants whose recipient's state is known."),
            Card("fields", self._fields.body, grants_by.FIELDS, 4, "Grants whose recipient's field (NTEE) is known."),
            Card("who", who, "Who is there, and whom do we share?", 8),
        ]

    def clear(self, says: Markup) -> None:
        """Show one message instead of a funder."""
        self._row = None
        self._likely.clear()
        show(self._chosen, says)
        for target in (self._ways, self._alike, self._shared):
            show(target, fragment("empty.html"))
        show(self._people, fragment("nothing_chosen.html"))
        for chart in (self._picture, self._giving, self._sizes, self._places, self._fields):
            chart.clear(fragment("nothing_chosen.html"))

    async def open(self, answers: Answers, parts: Mapping[str, str]) -> None:
        """Show the rows behind a candidate or a number in the drawer."""
        await self._behind.open(answers, parts)

    async def choose(self, answers: Answers, row: dict[Any, Any]) -> None:
        """Show a funder: what is known at once, then its grants and people, then the ways to it."""
        if self._row is not None and self._row["candidate_id"] == row["candidate_id"]:
            return
        self._row, self._paths = row, None
        self._show_chosen(row)
        await asyncio.sleep(0)
        if not self._current(row):
            return
        self._show_groups(answers, row)
        for chart in (self._giving, self._sizes):
            chart.clear(fragment("skeleton.html", words=READING))
        show(self._people, fragment("skeleton.html", words="Reading its returns…"))
        show(self._alike, fragment("empty.html"))
        self._show_shared()
        likely = self._likely.open(str(row["candidate_id"]), "")
        await asyncio.gather(self._load_grants(row), self._load_people(row), self._load_ways(row), likely)

    def wait_for_ties(self, words: str) -> None:
        """Say that ties are being read."""
        self._tied = fragment("skeleton.html", words=words)
        self._show_shared()

    def no_ties(self, says: Markup) -> None:
        """Say why no ties can be read."""
        self._tied = says
        self._show_shared()

    def know(self, network: Network) -> None:
        """Take in who is tied to whom."""
        self._network, self._tied = network, None
        self._show_shared()

    def _current(self, row: dict[Any, Any]) -> bool:
        """Whether a funder is still the chosen one; what is read late of another is not shown."""
        return self._row is not None and self._row["candidate_id"] == row["candidate_id"]

    async def _load_grants(self, row: dict[Any, Any]) -> None:
        workbench, profile_id = self._visit.workbench, self._visit.profile.profile_id
        try:
            evidence = await asyncio.to_thread(workbench.evidence, profile_id, row["candidate_id"])
        except CatalynxError as error:
            if self._current(row):
                self._giving.clear(error_state(error))
                self._sizes.clear(fragment("skeleton_ended.html"))
            return
        if self._current(row):
            self._show_grants(evidence, row)

    async def _load_people(self, row: dict[Any, Any]) -> None:
        workbench, profile_id = self._visit.workbench, self._visit.profile.profile_id
        ein = row["funder_ein"] if isinstance(row["funder_ein"], str) else None
        try:
            found = await asyncio.to_thread(workbench.officers, profile_id, ein)
        except CatalynxError as error:
            if self._current(row):
                show(self._people, error_state(error))
            return
        if self._current(row):
            self._show_people(found)

    async def _load_ways(self, row: dict[Any, Any]) -> None:
        workbench, profile_id = self._visit.workbench, self._visit.profile.profile_id
        words = "Looking for ways through boards and grants: the first time takes a few seconds…"
        self._picture.clear(fragment("skeleton.html", words=words))
        show(self._ways, fragment("empty.html"))
        try:
            found = await asyncio.to_thread(workbench.paths, profile_id, row["candidate_id"])
        except CatalynxError as error:
            if self._current(row):
                self._picture.clear(error_state(error))
            return
        if self._current(row):
            self._show_ways(found, row)

    def _show_chosen(self, row: dict[Any, Any]) -> None:
        evidence = urlencode({"funder": row["candidate_id"], "evidence": row["candidate_id"]})
        fill(self._chosen, "funder.html", row={**row, "marks": as_list(row["marks"])}, evidence=evidence)

    def _show_groups(self, answers: Answers, row: dict[Any, Any]) -> None:
        for chart, column, question, ours, names in (
            (self._places, "state_counts", grants_by.QUESTION, answers.profile.states, {}),
            (self._fields, "field_counts", grants_by.FIELDS, answers.profile.fields, NTEE_MAJORS),
        ):
            counts = _groups(row[column], ours, names)
            told = [(one["group"], f"{one['count']:,}", "ours" if one["ours"] else "") for one in counts.to_dict("records")]
            chart.draw(grants_by.grants_by(counts, title=None), question, ("Group", "Grants", "Ours"), told, (1,))

    def _show_grants(self, evidence: Evidence, row: dict[Any, Any]) -> None:
        money = next((table for table in evidence.tables if table.table_name in GIFTS), None)
        if money is None or money.more:
            why = (
                "No grant of it is on record." if money is None else "Too many grants to add up here: the data file has them all."
            )
            for chart in (self._giving, self._sizes):
                chart.clear(fragment("unknown.html", why=why))
            return
        years = giving_by_year.sums_by_year(money.rows)
        told = [(str(year), f"{one['count']:,.0f}", wording.money(one["total_usd"])) for year, one in years.iterrows()]
        heads = ("Year", "Grants", "US dollars")
        self._giving.draw(giving_by_year.giving_by_year(money.rows, title=None), giving_by_year.QUESTION, heads, told, (1, 2))
        ask = None if wording.is_unknown(row["ask_usd"]) else float(row["ask_usd"])
        sizes = [(band, f"{count:,}") for band, count in grant_sizes.counts_by_size(money.rows).itertuples(index=False)]
        figure = grant_sizes.grant_sizes(money.rows, ask_usd=ask, title=None)
        self._sizes.draw(figure, grant_sizes.QUESTION, ("Size", "Grants"), sizes, (1,))
        self._show_alike(money)

    def _show_alike(self, table: EvidenceTable) -> None:
        rows = table.rows if "nearness" in table.rows else table.rows.assign(nearness=None)
        near = rows[rows["nearness"].notna()]
        # In the order of the rows: those to us first.
        by_name = near.groupby("recipient_name", sort=False).agg(
            grants=("amount_usd", "size"), usd=("amount_usd", lambda given: given.sum(min_count=1)), last=("year", "max"),
            nearness=("nearness", "first"),
        )  # fmt: skip
        first = by_name.reset_index().head(ALIKE_SHOWN).to_dict("records")
        fill(self._alike, "funder_alike.html", rows=first, total=len(near), recipients=len(by_name), all=table.total)

    def _show_people(self, found: Officers) -> None:
        people = found.people.head(PEOPLE_SHOWN).to_dict("records")
        fill(
            self._people,
            "funder_people.html",
            people=people,
            total=len(found.people),
            why=found.unknown,
            link=self._link("person:all"),
        )

    def _show_shared(self) -> None:
        row = self._row
        if row is None:
            return
        if self._network is None:
            show(self._shared, self._tied or fragment("empty.html"))
            return
        ties = self._network.cofunders
        found = ties[ties["candidate_id"] == row["candidate_id"]].to_dict("records")
        tie = {**found[0], "shared_names": as_list(found[0]["shared_names"])} if found else None
        fill(self._shared, "funder_shared.html", tie=tie, gave=row["to_us_count"], unknown=self._network.unknown)

    def _show_ways(self, found: Paths, row: dict[Any, Any]) -> None:
        self._paths = found
        told = [(str(one["path"]), str(one["step"]), one["from_name"], one["to_name"], one["sentence"])
                for one in found.steps.to_dict("records")]  # fmt: skip
        heads = ("Way", "Step", "From", "To", "What ties them")
        self._picture.draw(network_path.network_path(found.steps, title=None), network_path.QUESTION, heads, told)
        steps = [{"says": says, "link": self._link(f"step:{one['path']}.{one['step']}")}
                 for says, one in zip(network_path.path_in_words(found.steps), _ordered(found.steps), strict=True)]  # fmt: skip
        fill(self._ways, "funder_ways.html", sentence=found.sentence, steps=steps)

    def _link(self, wanted: str) -> str:
        return urlencode({"funder": "" if self._row is None else self._row["candidate_id"], "evidence": wanted})

    def _condition_of(self, wanted: str) -> tuple[str, str] | None:
        kind, _, which = wanted.partition(":")
        if self._row is not None and kind == "person" and isinstance(self._row["funder_ein"], str):
            name = wording.name(self._row["name"])
            return f"People of {name}", json.dumps({"table": "people", "ein": self._row["funder_ein"]})
        if kind == "step" and self._paths is not None:
            for one in _ordered(self._paths.steps):
                if which == f"{one['path']}.{one['step']}":
                    return str(one["sentence"]), str(one["evidence"])
        return None


def _ordered(steps: pd.DataFrame) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = steps.sort_values(["path", "step"], kind="stable").to_dict("records")  # type: ignore[assignment]
    return found


def _groups(counts: Any, ours: tuple[str, ...], names: dict[str, str]) -> pd.DataFrame:
    """Return counts that stand as JSON as rows, each with whether it is ours."""
    import pandas as pd

    found = {} if wording.is_unknown(counts) else json.loads(counts)
    rows = [(f"{names[key]} ({key})" if key in names else key, int(count), key in ours) for key, count in found.items()]
    return pd.DataFrame(rows, columns=["group", "count", "ours"]).sort_values("count", ascending=False, kind="stable")

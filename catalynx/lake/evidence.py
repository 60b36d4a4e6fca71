"""The rows of the lake behind a candidate, those that tell an applicant most first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalynx.columns import TABLES, rows
from catalynx.columns.ntee_majors import spelled_fields
from catalynx.errors import BadParameter

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lake.snapshot import Snapshot

GIFTS = {"grants": "grant_id", "awards": "award_id"}
"""Tables of gifts, with the column by which a row is found in ``giving``, where its recipient is resolved."""

# EINs, states and fields of recipients are those of `giving`, which knows more of them than the rows as published.
_GIFTS = """
    SELECT asked.candidate_id, {name}.*,
        CASE WHEN giving.recipient_ein = $ein THEN 'to you'
            WHEN list_contains($states, giving.recipient_state) AND list_contains($majors, giving.ntee_major)
            THEN 'your field and state' END AS nearness
    FROM {name} JOIN asked ON {name}.{column} = asked.value
    LEFT JOIN giving ON giving.gift_id = {name}.{key}"""
_OTHERS = """
    SELECT asked.candidate_id, {name}.*, NULL::VARCHAR AS nearness
    FROM {name} JOIN asked ON {name}.{column} = asked.value"""
_ORDERED = """
    WITH asked AS (SELECT unnest($identities) AS candidate_id, unnest($values) AS value), found AS ({found})
    SELECT * FROM found
    QUALIFY row_number() OVER (PARTITION BY candidate_id ORDER BY {order}) <= $limit
    ORDER BY candidate_id, {order}"""


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom rows are put in order: its EIN, the states it works in, the NTEE major groups of its field."""

    name: str = "you"
    ein: str | None = None
    states: tuple[str, ...] = ()
    majors: tuple[str, ...] = ()

    @property
    def order(self) -> str:
        """Say in which order gifts are shown to it."""
        first = [f"gifts to {self.name}"] if self.ein else []
        if self.states and self.majors:
            first.append(f"those to {spelled_fields(self.majors)} in {'/'.join(self.states)}")
        return f"first {', then '.join(first)}, then the newest" if first else "the newest first"


def rows_behind(
    lake: Snapshot, candidates: Sequence[Mapping[str, object] | pd.Series], asker: Asker, *, limit: int
) -> list[tuple[str, pd.DataFrame]]:
    """Ask each table once for the first `limit` rows of every candidate that rests on it.

    Parameters
    ----------
    candidates : rows of candidates or decisions, of which ``candidate_id`` and ``evidence`` are read

    Returns
    -------
    names of tables with their rows; ``candidate_id`` says whose a row is, ``nearness`` why it comes first: ``to you``,
    ``your field and state``, or missing

    Raises
    ------
    BadParameter
        The evidence of a candidate names no table of the lake.
    """
    asked: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for candidate in candidates:
        condition = json.loads(str(candidate["evidence"]))
        name = condition.pop("table")
        if name not in TABLES or len(condition) != 1 or not set(condition) <= set(TABLES[name].names):
            raise BadParameter("evidence", candidate["evidence"], "a table of the lake, one of its columns, and a value")
        column, value = next(iter(condition.items()))
        asked.setdefault((name, column), []).append((str(candidate["candidate_id"]), value))
    return [(name, _ask(lake, name, column, pairs, asker, limit)) for (name, column), pairs in asked.items()]


def _ask(lake: Snapshot, name: str, column: str, pairs: Sequence[tuple[str, str]], asker: Asker, limit: int) -> pd.DataFrame:
    newest = next((known for known in ("year", "updated_date", "fiscal_year") if known in TABLES[name].names), "source")
    nearest = "CASE nearness WHEN 'to you' THEN 0 WHEN 'your field and state' THEN 1 ELSE 2 END"
    order = ", ".join([nearest, f"{newest} DESC NULLS LAST", *TABLES[name].key])
    identities, values = (list(part) for part in zip(*pairs, strict=True))
    parameters: dict[str, object] = {"identities": identities, "values": values, "limit": limit}
    if name in GIFTS:
        parameters |= {"ein": asker.ein, "states": list(asker.states), "majors": list(asker.majors)}
    found = (_GIFTS if name in GIFTS else _OTHERS).format(name=name, column=column, key=GIFTS.get(name))
    return lake.sql(_ORDERED.format(found=found, order=order), parameters)


def told_rows(lake: Snapshot, decisions: pd.DataFrame, asker: Asker, *, each: int) -> pd.DataFrame:
    """Return the first `each` rows behind several candidates, in one shape.

    Returns
    -------
    ``rank``, ``candidate_id``, ``name``, ``nearness``, ``what`` (recipient, title or purpose), ``amount_usd``, ``year``,
    ``source``, ``file``, ``place``
    """
    import pandas as pd

    columns = ["rank", "candidate_id", "name", "nearness", "what", "amount_usd", "year", "source", "file", "place"]
    frames = [pd.DataFrame(columns=columns)]
    for name, found in rows_behind(lake, rows(decisions), asker, limit=each):
        told = [text for text in ("recipient_name", "title", "program_name", "purpose") if text in found]
        what = pd.Series([_told(texts) for texts in found[told].to_dict("records")], found.index, dtype="str")
        year = found["posted_date"].dt.year if name == "opportunities" else found["year"]
        named = found[["candidate_id"]].merge(decisions[["candidate_id", "rank", "name"]], on="candidate_id", how="left")
        frames.append(found.assign(rank=named["rank"], name=named["name"], what=what, year=year).reindex(columns=columns))
    joined = pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
    joined["year"] = joined["year"].astype("Float64").astype("Int64")
    return joined.sort_values("rank", kind="stable", ignore_index=True)


def _told(texts: Mapping[object, object]) -> str:
    """Say what a row is by the first two of its texts that differ."""
    return ": ".join(list(dict.fromkeys(text for text in texts.values() if isinstance(text, str)))[:2])

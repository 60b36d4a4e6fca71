"""What a report shows of scores: the parts of each with their sentences, and the rows that each number rests on."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from catalynx.columns import rows
from catalynx.figures import wording
from catalynx.reports.paper import Picture, Shown, picture

if TYPE_CHECKING:
    import pandas as pd

HEADS = ("Criterion, and why", "Value", "Weight", "Gives", "vs. median")


def apart(decisions: pd.DataFrame, compared: pd.DataFrame) -> Picture:
    """Draw what sets the first candidate apart from a middling one of its kind; says so where there is no candidate."""
    from catalynx.figures.score_waterfall import score_waterfall

    first = decisions.head(1)
    name = next((wording.name(name) for name in first["name"]), "a candidate")
    drawn = score_waterfall(compared[compared["candidate_id"].isin(first["candidate_id"])], title=None)
    said = "apart from a middling candidate of its kind: what lifts its score, and what pulls it down."
    return picture(drawn, f"What sets {name} {said}")


def parts_of_scores(decisions: pd.DataFrame, compared: pd.DataFrame) -> Shown:
    """Show what the score of each candidate is made of, the weightiest criterion first, with links to the rows behind.

    Parameters
    ----------
    decisions : rows as ``columns.RESULTS["decisions"]``
    compared : parts as ``scoring.compare_with_middling`` gives them
    """
    blocks = []
    for decision in rows(decisions):
        parts = compared[compared["candidate_id"] == decision["candidate_id"]]
        parts = parts.sort_values(["weight", "criterion"], ascending=[False, True])
        body = "".join(_part(part, int(decision["rank"])) for part in rows(parts))
        middling = (parts["median_value"] * parts["share"]).sum(min_count=1)
        score = wording.score(decision["score"])
        said = f"Score {score} of 1; a middling candidate of its kind would have {wording.score(middling)}."
        blocks.append(
            f"<h3>{decision['rank']}. {html.escape(wording.name(decision['name']))}</h3>"
            f'<p class="note">{html.escape(said)}</p>{_table(body)}'
        )
    return Shown("".join(blocks), f"parts of {len(decisions)} scores")


def rows_behind_numbers(decisions: pd.DataFrame, evidence: pd.DataFrame, *, each: int = 2, rest_in: str = "") -> Shown:
    """Show the first rows that each number rests on, down to source, file and place, and of returns the form's line.

    Parameters
    ----------
    evidence : rows as ``columns.RESULTS["score_evidence"]``, the nearest first
    each : rows for one number
    rest_in : file that has more of them
    """
    blocks = []
    for decision in rows(decisions):
        found = evidence[evidence["candidate_id"] == decision["candidate_id"]]
        points = "".join(_rows_of_number(found, int(decision["rank"]), each))
        title = f"<h3>{decision['rank']}. {html.escape(wording.name(decision['name']))}</h3>"
        blocks.append(title + (f'<ul class="followed">{points}</ul>' if points else '<p class="note">Nothing on record.</p>'))
    note = f'<p class="note">More rows behind each number stand in {html.escape(rest_in)}.</p>' if rest_in else ""
    return Shown("".join(blocks) + note, f"rows behind the numbers of {len(decisions)} scores")


def _part(part: dict[str, Any], rank: int) -> str:
    link = f'<a href="#{_anchor(rank, part["criterion"])}">rows</a>'
    known = not wording.is_unknown(part["value"])
    figures = [wording.score(part["value"]), wording.share(part["weight"]), wording.score(part["contribution"])]
    figures.append(_signed(float(part["difference"])) if known else wording.UNKNOWN)
    cells = "".join(
        f'<td class="number" title="{head}">{html.escape(text)}</td>' if text != wording.UNKNOWN
        else f'<td class="number" title="{head}"><span class="unknown">{text}</span></td>'
        for head, text in zip(HEADS[1:], figures, strict=True)
    )  # fmt: skip
    because = html.escape(str(part["because"])) + (f" ({link})" if known else "")
    return f"<tr><td><strong>{html.escape(_words(part['criterion']))}</strong><br>{because}</td>{cells}</tr>"


def _rows_of_number(found: pd.DataFrame, rank: int, each: int) -> Iterator[str]:
    for criterion, behind in found.groupby("criterion", sort=False):
        for place, row in enumerate(rows(behind.head(each))):
            mark = f' id="{_anchor(rank, criterion)}"' if place == 0 else ""
            where = [row[name] for name in ("source", "file", "place", "line", "path")]
            stands = " · ".join(str(one) for one in where if not wording.is_unknown(one))
            counted = "" if wording.is_unknown(row["nearness"]) else f"{row['nearness']}: "
            # A row of one column is read as what it is called already.
            read = [_cut(row[name]) for name in ("fact", "what")]
            said = counted + " · ".join(dict.fromkeys(filter(None, read)))
            yield (
                f"<li{mark}><strong>{html.escape(_words(criterion))}</strong> {html.escape(said)}"
                f'<br><span class="note long">{html.escape(stands)}</span></li>'
            )


def _table(body: str) -> str:
    first, *figures = HEADS
    columns = f'<th scope="col">{first}</th>' + "".join(f'<th scope="col" class="number">{head}</th>' for head in figures)
    return f'<table class="scored"><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>'


def _anchor(rank: int, criterion: object) -> str:
    return f"rows-{rank}-{re.sub('[^a-z]+', '-', str(criterion))}"


def _words(criterion: object) -> str:
    return str(criterion).replace("_", " ")


def _cut(value: object, length: int = 160) -> str:
    whole = "" if wording.is_unknown(value) else " ".join(str(value).split())
    return whole if len(whole) <= length else whole[: length - 1].rstrip() + "…"


def _signed(difference: float) -> str:
    written = f"{abs(difference):.2f}"
    return "±0.00" if written == "0.00" else f"{'+' if difference > 0 else '−'}{written}"

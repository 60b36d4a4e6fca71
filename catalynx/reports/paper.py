"""What a report notebook shows: headings with figures, tables, lists and pictures, as safe HTML.

A notebook calls these one after another; they format and lay out, and compute nothing that a page would not show as well.
All text from data is escaped.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx.figures import wording

if TYPE_CHECKING:
    import holoviews as hv
    import pandas as pd

    from catalynx.workflows import Decided

FIGURE_MIME = "application/vnd.catalynx.figure+json"
MOST_ROWS = 12
WORKBOOK_ROWS = 10_000


class Shown:
    """Something to show in a notebook: HTML, and plain text for readers without it."""

    def __init__(self, content: str, text: str = "") -> None:
        self.content, self.text = content, text

    def _repr_html_(self) -> str:
        return self.content

    def __repr__(self) -> str:
        return self.text or "(shown as HTML)"


class Picture:
    """A figure in a report: drawn where the report is read, with its caption and a source."""

    def __init__(self, element: hv.Element, caption: str) -> None:
        self.element, self.caption = element, caption

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        import holoviews as hv
        from bokeh.embed import json_item

        # As text, because a notebook sorts the keys of JSON, and BokehJS reads each model where it first stands.
        item = json.dumps(json_item(hv.render(self.element, backend="bokeh")))
        return {FIGURE_MIME: {"item": item, "caption": self.caption}, "text/plain": self.caption}


def picture(element: hv.Element, caption: str) -> Picture:
    """Show a figure of ``catalynx.figures`` under a caption that says what it rests on."""
    return Picture(element, caption)


def lines(*sentences: str) -> Shown:
    """Show sentences, each a paragraph."""
    return Shown("".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences), "\n".join(sentences))


def lead(sentence: str, *cautions: str) -> Shown:
    """Show the sentence that answers the report's question, and under it what to know before trusting it."""
    said = "".join(f'<p class="note">{_with_code(caution)}</p>' for caution in cautions)
    return Shown(f'<p class="lead">{_with_code(sentence)}</p>{said}', "\n".join([sentence, *cautions]))


def masthead(decided: Decided) -> Shown:
    """Show for whom, for which day, and from which data and program the report was made."""
    from catalynx import __version__

    profile = decided.profile
    place = ", ".join(part for part in (profile.city, profile.state) if part)
    facts = [
        ("For", f"{profile.organization_name}{', ' + place if place else ''}"), ("EIN", wording.ein(profile.ein)),
        ("As of", wording.day(decided.rules.as_of)), ("Data", f"lake version {decided.lake_version}"),
        ("Made with", f"Catalynx {__version__}"),
    ]  # fmt: skip
    cells = "".join(f'<li><span class="label">{label}</span> {html.escape(value)}</li>' for label, value in facts)
    return Shown(f'<ul class="masthead">{cells}</ul>', "; ".join(f"{label}: {value}" for label, value in facts))


def table(
    frame: pd.DataFrame,
    columns: Sequence[tuple[str, str, Callable[[Any], str]]],
    *,
    rest_in: str = "",
    limit: int = MOST_ROWS,
    caption: str = "",
) -> Shown:
    """Show at most `limit` rows, under a `caption` where one is given.

    Parameters
    ----------
    columns : (column, heading, how a value is written); numbers and money stand to the right
    rest_in : file that has all rows, named where rows are left out
    """
    if frame.empty:
        return Shown('<p class="note">Nothing on record.</p>', "no rows")
    heads = "".join(f'<th scope="col"{_side(write)}>{html.escape(heading)}</th>' for _, heading, write in columns)
    body = "".join(
        "<tr>" + "".join(_cell(row[name], write) for name, _, write in columns) + "</tr>"
        for row in frame.head(limit).to_dict("records")
    )
    left = len(frame) - limit
    note = f'<p class="note">{left:,} more rows stand in {html.escape(rest_in)}.</p>' if left > 0 and rest_in else ""
    head = f'<p class="note">{html.escape(caption)}</p>' if caption else ""
    return Shown(
        f"{head}<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{note}", f"table of {len(frame)} rows"
    )


def reasons(decisions: pd.DataFrame, candidates: pd.DataFrame) -> Shown:
    """Show each candidate with what speaks for it, against it, what to know first, and from what the suggested ask starts."""
    blocks, basis = [], candidates.set_index("candidate_id")["ask_basis"]
    for row in decisions.to_dict("records"):
        points = [
            *(f'<li class="for">{html.escape(_sentence(text))}</li>' for text in row["reasons_for"]),
            *(f'<li class="against">{html.escape(_sentence(text))}</li>' for text in row["reasons_against"]),
            *(f'<li class="mark">{html.escape(_sentence(text))}</li>' for text in row["marks"]),
        ]
        if not wording.is_unknown(row["ask_usd"]):
            asked = f"suggested ask {wording.money(row['ask_usd'])}, from {basis[row['candidate_id']]}"
            points.append(f'<li class="ask">{html.escape(_sentence(asked))}</li>')
        score = (
            f"{row['recommendation']}, score {wording.score(row['score'])}, {wording.share(row['coverage'])} of it rests on data"
        )
        blocks.append(f"<h3>{row['rank']}. {html.escape(wording.name(row['name']))}</h3>"
                      f'<p class="note">{html.escape(score)}</p><ul class="reasons">{"".join(points)}</ul>')  # fmt: skip
    return Shown("".join(blocks), f"reasons for {len(decisions)} candidates")


def bullets(sentences: Iterable[str]) -> Shown:
    """Show sentences as a list."""
    found = list(sentences) or ["Nothing."]
    return Shown("<ul>" + "".join(f"<li>{_with_code(_sentence(text))}</li>" for text in found) + "</ul>", "\n".join(found))


def keep_tables(profile_id: str, frames: dict[str, pd.DataFrame]) -> Shown:
    """Leave `frames` beside the report as CSV files and one workbook; to be called once, in a report's last cell."""
    from catalynx.reports.exporting import write_csv, write_xlsx

    for name, frame in frames.items():
        write_csv(frame, Path(f"{name}.csv"))
    write_xlsx({name: frame for name, frame in frames.items() if len(frame) <= WORKBOOK_ROWS}, Path("tables.xlsx"))
    Path("profile_id.txt").write_text(profile_id)
    rows = ", ".join(f"{name}.csv ({len(frame):,} rows)" for name, frame in frames.items())
    return Shown(
        f'<p class="note">All rows stand beside this report: {html.escape(rows)}; '
        f"those of at most {WORKBOOK_ROWS:,} rows also as sheets of tables.xlsx.</p>",
        rows,
    )


def read_day(text: str | None) -> date | None:
    """Read a day from a report's parameter; None leaves it to the workspace."""
    return None if text is None else date.fromisoformat(text)


def evidence_of(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return, for each candidate, which table of the lake holds its rows and by which condition they are found."""
    found = decisions[["rank", "name", "evidence"]].copy()
    conditions = found["evidence"].map(json.loads)
    found["table"] = conditions.map(lambda condition: condition["table"])
    found["condition"] = conditions.map(
        lambda condition: " and ".join(f"{name} = {value}" for name, value in condition.items() if name != "table")
    )
    return found.drop(columns="evidence")


def number(value: object) -> str:
    """Write a whole number: ``1,204``."""
    return wording.UNKNOWN if wording.is_unknown(value) else f"{value:,.0f}"


def decimal(value: object) -> str:
    """Write a number to four telling digits: ``0.5601``, ``32.24``, ``0.01314``."""
    return wording.UNKNOWN if wording.is_unknown(value) else f"{value:.4g}"


def text(value: object) -> str:
    """Write text as it is."""
    return wording.UNKNOWN if wording.is_unknown(value) else str(value)


def said(value: object) -> str:
    """Write text as it is; where there is none, none is missing."""
    return "" if wording.is_unknown(value) else str(value)


def shortened(value: object, length: int = 70) -> str:
    """Write text cut to `length` characters."""
    whole = text(value)
    return whole if len(whole) <= length else whole[: length - 1].rstrip() + "…"


_CLASSES = {
    **dict.fromkeys([number, decimal, wording.money, wording.score, wording.share, wording.hours], "number"),
    wording.day: "day", shortened: "long",
}  # fmt: skip
"""How a column is set, by how its values are written: figures to the right, days in one line, long words broken."""


def _side(write: Callable[[Any], str]) -> str:
    return f' class="{_CLASSES[write]}"' if write in _CLASSES else ""


def _with_code(sentence: str) -> str:
    """Escape a sentence, and show what stands between backticks in it as a command."""
    pieces = html.escape(sentence).split("`")
    return "".join(f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces))


def _cell(value: object, write: Callable[[Any], str]) -> str:
    written = write(value)
    shown = f'<span class="unknown">{written}</span>' if written == wording.UNKNOWN else html.escape(written)
    return f"<td{_side(write)}>{shown}</td>"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")

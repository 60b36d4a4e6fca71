"""How a notebook that runs as an app shows frames, profiles and figures: in words, and with nothing from elsewhere."""

from __future__ import annotations

import html
import json
import secrets
from collections.abc import Iterable
from datetime import date
from numbers import Real
from typing import TYPE_CHECKING, Any, Final

from catalynx.figures import wording

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS: Final = 50
_SHARES: Final = {"coverage"}
_SCORES: Final = {"score", "value", "weight", "contribution"}
_NAMES: Final = {"name", "funder_name", "recipient_name", "organization_name"}
_OF_THE_LAKE: Final = {"source", "table_name"}
_CODES: Final = {"year", "ein", "rank"}
_ABBREVIATED: Final = {"ein": "EIN", "eins": "EINs", "ntee": "NTEE", "url": "URL"}


def show_in_words() -> None:
    """Register with this kernel how its results are shown; for the first cell of an app."""
    import holoviews.plotting.bokeh  # noqa: F401 - once it is there, no figure asks for scripts from elsewhere
    import pandas as pd
    from holoviews.core.dimension import Dimensioned
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    as_html = shell.display_formatter.formatters["text/html"]
    as_html.for_type(pd.DataFrame, table)
    as_html.for_type(pd.Series, lambda series: table(series.to_frame(series.name or "value")))
    as_html.for_type(dict, facts)
    shell.display_formatter.mimebundle_formatter.for_type(Dimensioned, figure)


def table(frame: pd.DataFrame) -> str:
    """Write a frame: headings in words, figures with their units to the right, and what is not known as such."""
    labelled = any(name is not None for name in frame.index.names)
    shown = frame.head(MOST_ROWS).reset_index(allow_duplicates=True) if labelled else frame.head(MOST_ROWS)
    columns = [(str(name), _side(shown.iloc[:, at])) for at, name in enumerate(shown.columns)]
    heads = "".join(f'<th scope="col"{side}>{html.escape(heading(name))}</th>' for name, side in columns)
    body = "".join(
        "<tr>" + "".join(_cell(name, value, side) for (name, side), value in zip(columns, row, strict=True)) + "</tr>"
        for row in shown.itertuples(index=False, name=None)
    )
    left = len(frame) - len(shown)
    note = f"<p>{left:,} more rows are left out.</p>" if left else ""
    # Amounts in dollars are no formulas, for which a page otherwise takes what stands between two of them.
    return f'<table class="mathjax_ignore"><thead><tr>{heads}</tr></thead><tbody>{body or _NOTHING}</tbody></table>{note}'


_NOTHING: Final = '<tr><td><span class="unknown">nothing</span></td></tr>'


def facts(values: dict[Any, Any]) -> str:
    """Write a mapping, e.g. the fields of a profile: what each is, and its value."""
    rows = "".join(f'<tr><th scope="row">{html.escape(heading(str(name)))}</th>{_cell(str(name), value, "")}</tr>'
                   for name, value in values.items())  # fmt: skip
    return f'<table class="facts mathjax_ignore"><tbody>{rows}</tbody></table>'


def figure(element: Any) -> dict[str, str]:
    """Draw a figure where the page has BokehJS."""
    import holoviews as hv
    from bokeh.core.types import ID
    from bokeh.embed import json_item

    drawn = hv.render(element, backend="bokeh")
    # As text of the page a title wraps where the figure is narrow.
    titled = getattr(drawn, "title", None)
    title = titled.text if titled is not None else ""
    if titled is not None:
        titled.text = ""
    place = f"figure-{secrets.token_hex(8)}"
    # In a script no text of data may look like its end.
    item = json.dumps(json_item(drawn, ID(place))).replace("<", "\\u003c")
    caption = f"<figcaption>{html.escape(title)}</figcaption>" if title else ""
    return {
        "text/html": f'<figure class="mathjax_ignore">{caption}<div id="{place}" class="figure"></div></figure>'
        f"<script>Bokeh.embed.embed_item({item})</script>",
        "text/plain": title or "a figure",
    }


def heading(name: str) -> str:
    """Write the name of a column for readers; amounts of money carry their unit themselves: ``ask_usd then`` is ``Ask then``."""
    words = " ".join(_ABBREVIATED.get(word, word) for word in name.replace("_", " ").split())
    words = words.replace(" usd", "")
    return words[:1].upper() + words[1:]


def written(name: str, value: Any) -> str:
    """Write a value of the column `name`."""
    from pandas.api.types import is_bool

    base = name.split(" ")[0]
    if isinstance(value, dict):
        return "; ".join(f"{heading(str(key)).lower()}: {written(str(key), each)}" for key, each in value.items()) or "none"
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return "; ".join(written(name, each) for each in value) or "none"
    if wording.is_unknown(value):
        return wording.UNKNOWN
    if is_bool(value):
        return "yes" if value else "no"
    if isinstance(value, date) or base.endswith("_at"):
        return wording.day(value)
    if base in _NAMES:
        return wording.name(value)
    if base in _OF_THE_LAKE:
        return str(value).replace("_", " ")
    if base == "ein":
        return wording.ein(value)
    return _number(base, value) if isinstance(value, Real) else str(value)


def _number(base: str, value: Any) -> str:
    if base == "usd" or base.endswith("_usd"):
        return wording.money(value)
    if base in _SHARES:
        return wording.share(value)
    if base in _SCORES:
        return wording.score(value)
    if base in _CODES or base.endswith("_year"):
        return f"{value:.0f}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _side(values: pd.Series) -> str:
    import pandas as pd

    return ' class="number"' if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values) else ""


def _cell(name: str, value: Any, side: str) -> str:
    text = written(name, value)
    shown = f'<span class="unknown">{text}</span>' if text == wording.UNKNOWN else html.escape(text)
    return f"<td{side}>{shown}</td>"

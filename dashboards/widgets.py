"""Filters in the look of the shell, whose values stand in the URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from dashboards.fragments import content_css, fragment, pane

TEXT_LENGTH = 200


def choice(label: str, options: Mapping[str, str]) -> Any:
    """Return a list to choose one of; `options` maps what is read to the value, the first is the default."""
    import panel as pn

    return pn.widgets.Select(
        label=label, options=dict(options), value=next(iter(options.values())), width=170, margin=0, stylesheets=[content_css()]
    )


def text(label: str, example: str) -> Any:
    """Return a line to type into; it acts on Enter and on leaving it."""
    import panel as pn

    return pn.widgets.TextInput(
        label=label, placeholder=example, max_length=TEXT_LENGTH, width=280, margin=0, stylesheets=[content_css()]
    )


def button(label: str) -> Any:
    """Return a button."""
    import panel as pn

    return pn.widgets.Button(label=label, width=130, margin=0, stylesheets=[content_css()])


def side_by_side(*widgets: Any) -> Any:
    """Return a row of widgets that goes on in a next line where the page is narrow."""
    import panel as pn

    for widget in widgets:
        if isinstance(widget, pn.widgets.Button):
            widget.align = "end"  # beside fields, whose labels stand above them
    # Not FlexBox: it makes functions out of text, which the content security policy forbids. Not Row: it insists on one line.
    wrapping = ":host { display: flex !important; flex-flow: row wrap !important; gap: 12px; min-width: 0; }"
    return pn.Column(*widgets, sizing_mode="stretch_width", margin=0, stylesheets=[wrapping])


def under(widget: Any, says: Any) -> Any:
    """Return a widget with what is said of it right below."""
    import panel as pn

    return pn.Column(widget, says, width=widget.width, margin=0)


def fold(title: str, *parts: Any, opened: bool = False, inner: bool = False) -> Any:
    """Return parts under a title that folds them away; the shell's script tells screen readers whether they are open.

    Parameters
    ----------
    inner : whether it stands within another
    """
    import panel as pn

    # What folds away is one column: rows of widgets say themselves how they are displayed, and would stay.
    body = pn.Column(*parts, sizing_mode="stretch_width", margin=(0, 0, 14, 0))
    return pn.Card(
        body, header=pane(fragment("fold.html", title=title, inner=inner)), collapsed=not opened, css_classes=[],
        header_css_classes=["fold"], button_css_classes=["fold-arrow"], stylesheets=[content_css()],
        sizing_mode="stretch_width", margin=0,
    )  # fmt: skip


def in_url(filters: Mapping[str, Any], changed: Callable[[], None]) -> None:
    """Set `filters` from the query of the URL, keep the query in step with them, and call `changed` after each change.

    A value that a filter does not offer is ignored: a link can be old, or made by hand.
    """
    import panel as pn

    location: Any = pn.state.location
    query = parse_qs((location.search or "").lstrip("?")[:4_000])
    for name, widget in filters.items():
        value = query.get(name, [""])[0][:TEXT_LENGTH]
        if not hasattr(widget, "options") or value in widget.options.values():
            widget.value = value

    def on_change(event: Any) -> None:
        kept = {name: values[0] for name, values in parse_qs((location.search or "").lstrip("?")).items() if name not in filters}
        kept.update({name: widget.value for name, widget in filters.items() if widget.value})
        location.search = f"?{urlencode(kept)}" if kept else ""
        changed()

    for widget in filters.values():
        widget.param.watch(on_change, "value")

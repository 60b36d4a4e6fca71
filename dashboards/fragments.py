"""Pieces of HTML from templates that escape everything, so that text of data and people stays text."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


@cache
def _environment() -> Environment:
    from catalynx.figures import wording

    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        money=wording.money,
        money_short=wording.money_short,
        hours=wording.hours,
        share=wording.share,
        score=wording.score,
        chance=wording.chance,
        day=wording.day,
        day_from=wording.day_from,
        proper_name=wording.name,
        ein=wording.ein,
        distance=wording.distance,
        with_code=with_code,
    )
    environment.globals.update(hours_between=wording.hours_between)
    environment.tests["unknown"] = wording.is_unknown
    return environment


def fragment(template: str, **values: Any) -> Markup:
    """Fill the template of that name; every value is escaped unless it is `Markup` that a template made."""
    return Markup(_environment().get_template(template).render(**values))  # noqa: S704 - the environment escapes


def with_code(text: str) -> Markup:
    """Escape a sentence, and show what stands between backticks in it as a command."""
    pieces = [escape(piece) for piece in text.split("`")]
    return Markup("").join(Markup("<code>{}</code>").format(piece) if place % 2 else piece for place, piece in enumerate(pieces))


def pane(html: Markup) -> Any:
    """Return a pane that shows `html`, in the colours and type of the shell.

    Panes do not sanitise, so only `Markup` is taken: what a template of ours has escaped.
    """
    import panel as pn

    return pn.pane.HTML(_checked(html), stylesheets=[content_css()], sizing_mode="stretch_width", margin=0, disable_math=True)


def show(target: Any, html: Markup) -> None:
    """Put `html` into a pane made by `pane`."""
    target.object = _checked(html)


@lru_cache(maxsize=1)
def content_css() -> str:
    """Style sheet for what stands inside panes and widgets, which the shell's style sheet does not reach."""
    return (STATIC / "content.css").read_text(encoding="utf-8")


def _checked(html: Markup) -> str:
    if not isinstance(html, Markup):
        raise TypeError(f"a pane takes Markup that a template made, not {type(html).__name__}")
    return str(html)

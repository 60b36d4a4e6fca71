"""The shell around every page: header, navigation, grid of cards, drawer for evidence, foot."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from catalynx.errors import CatalynxError
from dashboards.answers import ProfileFacts, Workbench
from dashboards.fragments import FOLDER, STATIC, fragment, pane, show
from dashboards.pages import Beside, Card, Page, Place, View, Visit
from dashboards.visitors import current_origin, current_person, signed_in

if TYPE_CHECKING:
    from catalynx.hub import Person

UNUSED = re.compile(
    r'<script[^>]*(?:src="[^"]*/(?:bokeh-gl|bokeh-mathjax|es-module-shims)[^"]*"|type="esms-options")[^>]*>[^<]*</script>'
)
"""Scripts that no page of ours needs: 2 MB less to load; the first of them would also turn text into functions."""

WAITING = "Reading the data and scoring the candidates…"


def page_application(
    page: Page,
    pages: Sequence[Page],
    workbench_of: Callable[[Person], Workbench],
    nonce_mark: str,
    prefix: str = "",
    beside: Sequence[Beside] = (),
) -> Callable[[], Any]:
    """Return what Panel calls for each visit of `page`.

    Parameters
    ----------
    page, pages : the page, and all of them in the order of the navigation, with the paths by which browsers find them
    workbench_of : gives whom the pages ask for one person
    prefix : path in front of all that is served
    nonce_mark : text that stands for the nonce in what the application writes; the gate replaces it
    beside : places to which the navigation leads beside the pages
    """

    def application() -> Any:
        import panel as pn

        person = current_person()
        query = {name: values[0] for name, values in pn.state.session_args.items() if values}
        wanted = query.get("profile", b"").decode("utf-8", errors="replace")
        searched = query.get("text", b"").decode("utf-8", errors="replace")
        shown = [one for one in pages if person.may(one.permission)]
        profiles, profile, view = _view(page, workbench_of(person), wanted, person, prefix)
        pn.state.onload(view.load)
        parts = {
            "header": _header(page, shown, profiles, profile, person, searched, prefix),
            "navigation": _navigation(page, shown, profile, [one for one in beside if person.may(one.permission)]),
        }
        return _template(page, view, parts, nonce_mark, prefix)

    return application


def _view(
    page: Page, workbench: Workbench, wanted: str, person: Person, prefix: str
) -> tuple[Sequence[ProfileFacts], ProfileFacts | None, View]:
    import panel as pn

    if not person.may(page.permission):  # the server has refused it before; this is the second lock
        return (), None, state_view(denied_state())
    try:
        profiles = workbench.profiles()
    except CatalynxError as error:
        return (), None, state_view(error_state(error))
    if not profiles:
        return (
            (),
            None,
            state_view(
                fragment(
                    "state.html",
                    kind="empty",
                    title="There is no profile yet.",
                    link=None,
                    command="catalynx demo",
                    why="A profile says who you are, what you look for, and how many hours there are. The demo makes one.",
                )
            ),
        )
    profile = next((one for one in profiles if one.profile_id == wanted), None if wanted else profiles[0])
    if profile is None:
        return (
            profiles,
            None,
            state_view(
                fragment(
                    "state.html",
                    kind="denied",
                    title="This profile does not exist, or it is not yours to see.",
                    command=None,
                    why="The link may be old, or made by somebody of another team.",
                    link=(page.path, "Open your own profile"),
                )
            ),
        )
    return profiles, profile, page.build(Visit(workbench, profile, Place(pn.state.location), person, prefix, current_origin()))


def state_view(html: Markup) -> View:
    """Return a page that holds one message instead of its cards."""

    async def nothing() -> None:
        return None

    return View([Card("state", pane(html))], pane(Markup("")), pane(foot(None)), nothing)


def error_state(error: CatalynxError) -> Markup:
    """Say what went wrong, why, and the way out, as the error itself says it, with a link that tries again."""
    return fragment(
        "state.html", kind="error", title="This could not be read.", why=str(error), command=None, link=("", "Try again")
    )


def denied_state() -> Markup:
    """Say that somebody's role does not allow what a page is for."""
    why = "Ask whoever manages your groups, if you should."
    return fragment("state.html", kind="denied", title="Your role does not open this page.", why=why, command=None, link=None)


def skeleton(words: str = WAITING) -> Any:
    """Return a pane that says what is being waited for."""
    return pane(fragment("skeleton.html", words=words))


def foot(data: Any) -> Markup:
    """Return the foot of the page: how old the data are, and which version made it."""
    return fragment("foot.html", data=data, version=_version())


def fill(target: Any, template: str, **values: Any) -> None:
    """Fill a pane from a template."""
    show(target, fragment(template, **values))


def _template(page: Page, view: View, parts: dict[str, Markup], nonce_mark: str, prefix: str) -> Any:
    import panel as pn

    template = pn.Template((FOLDER / "templates" / "page.html").read_text(encoding="utf-8"), location=True)
    for card in view.cards:
        template.add_panel(card.name, card.body)
    template.add_panel("drawer", view.drawer)
    template.add_panel("foot", view.foot)
    cards = [
        {
            "name": card.name,
            "columns": card.columns,
            "plain": card.plain,
            "title": escape(card.title or ""),
            "note": escape(card.note or ""),
        }
        for card in view.cards
    ]
    variables = {
        "cards": cards,
        "page_title": escape(f"{page.name} · Catalynx"),
        "page_name": escape(page.name),
        "waiting": escape(WAITING),
        "page_question": escape(page.question),
        "asset_version": _asset_version(),
        "prefix": escape(prefix),
        "with_nonce": lambda html: UNUSED.sub("", str(html)).replace("<script", f'<script nonce="{nonce_mark}"'),
        **parts,
    }
    for name, value in variables.items():
        template.add_variable(name, value)
    return template


def _header(
    page: Page, pages: Sequence[Page], profiles: Sequence[ProfileFacts], profile: ProfileFacts | None, person: Person,
    searched: str, prefix: str,
) -> Markup:  # fmt: skip
    current = profile.profile_id if profile else ""
    return fragment(
        "header.html", profiles=profiles, current=current, path=page.path, search_path=pages[0].path, user=person.name,
        signed_in=signed_in(person), searched=searched, prefix=prefix,
    )  # fmt: skip


def _navigation(page: Page, pages: Sequence[Page], profile: ProfileFacts | None, beside: Sequence[Beside]) -> Markup:
    query = "?" + urlencode({"profile": profile.profile_id}) if profile else ""
    # Icons are written by us in the file of each page, never by data or people.
    icons = {one.path: Markup(one.icon) for one in pages}  # noqa: S704
    return fragment("navigation.html", pages=pages, path=page.path, query=query, icons=icons, beside=beside)


@cache
def _asset_version() -> str:
    """Return a mark of the style sheet and script, so that a browser never keeps an old one."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(STATIC.iterdir()))).hexdigest()[:12]


@cache
def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("catalynx")
    except PackageNotFoundError:  # a checkout that was never installed has no version of its own
        return "from source"

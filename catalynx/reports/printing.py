"""Executed notebook → a page that needs nothing from outside → PDF.

What the notebook says is cleaned of everything that could run; the only script is the drawing library, which stands in the page
and is named by its hash in the page's own Content-Security-Policy.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx.errors import ReportError
from catalynx.reports.paper import FIGURE_MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "div", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "hr",
    "i", "img", "li", "ol", "p", "pre", "section", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {"*": {"class", "id", "title", "lang"}, "a": {"href"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"},
               "th": {"colspan", "rowspan", "scope"}}  # fmt: skip
_NEVER = {"script", "style"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


_DRAW = """
const drawn = JSON.parse(document.getElementById("figures").textContent).map((item, place) =>
  Bokeh.embed.embed_item(item, document.getElementById(`figure-${place + 1}`)));
Promise.all(drawn).then(() => { document.documentElement.dataset.drawn = "yes"; });
"""


def to_html(notebook: Path, target: Path, *, title: str) -> Path:
    """Write an executed notebook as one HTML file: no code, nothing fetched, text of users inert.

    Raises
    ------
    ReportError
    """
    import nbformat
    import nh3
    from nbconvert import HTMLExporter

    nb = nbformat.read(notebook, as_version=4)
    figures = _take_figures(nb)
    exporter = HTMLExporter(template_name="basic", exclude_input=True, exclude_input_prompt=True, exclude_output_prompt=True)
    exporter.exclude_anchor_links = True
    body, _ = exporter.from_notebook_node(nb)
    clean = nh3.clean(
        body, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"data", "https", "http"}, clean_content_tags=_NEVER,
        attribute_filter=_no_picture_from_elsewhere,
    )  # fmt: skip
    target.write_text(_page(title, clean, figures), encoding="utf-8")
    return target


def _no_picture_from_elsewhere(tag: str, attribute: str, value: str) -> str | None:
    """Keep what a picture shows only where it stands in the page itself; a link leads elsewhere, a picture never does."""
    return None if (tag, attribute) == ("img", "src") and not value.startswith("data:image/") else value


def _take_figures(nb: NotebookNode) -> list[Any]:
    """Put a numbered place in the stead of each figure, and return the figures."""
    figures: list[Any] = []
    for output in (output for cell in nb.cells if cell.cell_type == "code" for output in cell.outputs):
        found = output.get("data", {}).pop(FIGURE_MIME, None)
        if found is not None:
            figures.append(json.loads(found["item"]))
            caption = html.escape(found["caption"])
            output["data"]["text/html"] = (
                f'<figure><div class="drawing" id="figure-{len(figures)}"></div><figcaption>{caption}</figcaption></figure>'
            )
    return figures


def _page(title: str, body: str, figures: list[Any]) -> str:
    style = resources.files("catalynx.reports").joinpath("report.css").read_text()
    scripts = [_library(), _DRAW] if figures else []
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts)
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {hashes or chr(39) + 'none' + chr(39)}"
    # Within a script "<" may not stand at all: after "<!--<script" not even "</script>" would end it.
    content = json.dumps(figures).replace("<", r"\u003c")
    drawing = f'<script type="application/json" id="figures">{content}</script>\n' if figures else ""
    drawing += "".join(f"<script>{script}</script>\n" for script in scripts)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{html.escape(title)}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n{drawing}</body>\n</html>\n"
    )


@cache
def _library() -> str:
    import bokeh

    text = (Path(bokeh.__file__).parent / "server/static/js/bokeh.min.js").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("//# sourceMappingURL"))


def print_pdf(page: Path, target: Path) -> Path:
    """Print an HTML file to a PDF with page numbers.

    Raises
    ------
    ReportError
        Chromium is not at hand, or does not start.
    """
    # In a thread of its own: a notebook, or a service, has a loop running in this one, in which Playwright does not start.
    with ThreadPoolExecutor(1, "catalynx-pdf") as pool:
        return pool.submit(_print, page, target).result()


def _print(page: Path, target: Path) -> Path:
    from playwright.sync_api import Error, sync_playwright

    browser = chromium_path()
    if browser is None:
        raise ReportError("a PDF needs Chromium. Install Debian's package `chromium`, or run `playwright install chromium`.")
    footer = ('<div style="font-size:8px;width:100%;text-align:center;color:#555">'
              '<span class="pageNumber"></span> of <span class="totalPages"></span></div>')  # fmt: skip
    try:
        with sync_playwright() as playwright:
            # The page is ours and fetches nothing, so the browser's own sandbox, which root lacks, is not what protects.
            chromium = playwright.chromium.launch(executable_path=str(browser), args=[*BROWSER_FLAGS, "--no-sandbox"])
            try:
                tab = chromium.new_page()
                tab.goto(page.resolve().as_uri())
                if tab.locator("#figures").count():
                    tab.wait_for_selector("html[data-drawn=yes]", state="attached")
                tab.pdf(
                    path=str(target), format="Letter", print_background=True, display_header_footer=True,
                    header_template="<span></span>", footer_template=footer,
                    margin={"top": "16mm", "bottom": "18mm", "left": "16mm", "right": "16mm"},
                )  # fmt: skip
            finally:
                chromium.close()
    except Error as error:
        raise ReportError(f"the PDF could not be printed: {str(error).splitlines()[0]}") from error
    return target


@cache
def chromium_path() -> Path | None:
    """Return a Chromium that is installed, else the one that Playwright brought, else None."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return Path(found)
    with ThreadPoolExecutor(1, "catalynx-browser") as pool:
        own = pool.submit(_playwrights_own).result()
    return own if own.exists() else None


def _playwrights_own() -> Path:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)

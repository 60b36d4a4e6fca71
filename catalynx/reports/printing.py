"""Executed notebook → a page that needs nothing from outside and runs no script → PDF."""

from __future__ import annotations

import html
import shutil
from functools import cache
from importlib import resources
from pathlib import Path

from catalynx.errors import ReportError

_TAGS = ("a abbr b blockquote br caption code div em figcaption figure h1 h2 h3 h4 hr i img li ol p pre section small span strong "
         "sub sup table tbody td tfoot th thead tr u ul").split()  # fmt: skip
_ATTRIBUTES = {"*": ["class", "id", "title", "lang"], "a": ["href"], "img": ["src", "alt"], "td": ["colspan", "rowspan"],
               "th": ["colspan", "rowspan", "scope"]}  # fmt: skip
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                 "--disable-sync"]  # fmt: skip


def to_html(notebook: Path, target: Path, *, title: str) -> Path:
    """Write an executed notebook as one HTML file: no code, no script, nothing fetched, text of users inert.

    Raises
    ------
    ReportError
    """
    import bleach
    import nbformat
    from nbconvert import HTMLExporter

    nb = nbformat.read(notebook, as_version=4)
    exporter = HTMLExporter(template_name="basic", exclude_input=True, exclude_input_prompt=True, exclude_output_prompt=True)
    exporter.exclude_anchor_links = True
    body, _ = exporter.from_notebook_node(nb)
    clean = bleach.clean(body, tags=_TAGS, attributes=_ATTRIBUTES, protocols=["data", "https", "http", "mailto"], strip=True)
    style = resources.files("catalynx.reports").joinpath("report.css").read_text()
    target.write_text(
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; style-src \'unsafe-inline\'">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{html.escape(title)}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n<main>\n{clean}\n</main>\n</body>\n</html>\n"
    )
    return target


def print_pdf(page: Path, target: Path) -> Path:
    """Print an HTML file to a PDF with page numbers.

    Raises
    ------
    ReportError
        Chromium is not at hand, or does not start.
    """
    from playwright.sync_api import Error, sync_playwright

    browser = chromium_path()
    if browser is None:
        raise ReportError("a PDF needs Chromium. Install Debian's package `chromium`, or run `playwright install chromium`.")
    footer = ('<div style="font-size:8px;width:100%;text-align:center;color:#555">'
              '<span class="pageNumber"></span> of <span class="totalPages"></span></div>')  # fmt: skip
    try:
        with sync_playwright() as playwright:
            # The page runs no script and fetches nothing, so the browser's own sandbox, which root lacks, is not what protects.
            chromium = playwright.chromium.launch(executable_path=str(browser), args=[*BROWSER_FLAGS, "--no-sandbox"])
            try:
                tab = chromium.new_page(java_script_enabled=False)
                tab.goto(page.resolve().as_uri())
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
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None

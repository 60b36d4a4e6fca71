"""``make voila`` in a browser: the first look as an app without its code, from our server alone, behind a token."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from catalynx.hub.demonstration import free_ports

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
FIRST_LOOK = ROOT / "notebooks/explore/01_first_look.ipynb"
START_SECONDS, RUN_MILLISECONDS = 90, 200_000
SECRETS = ("constructed_secret_of_a_cell", "constructed_secret_of_an_error", "constructed_secret_of_a_warning")


class Served(NamedTuple):
    origin: str
    link: str
    log: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self.origin.removeprefix("http://"), timeout=30)
        connection.request(method, path, headers=headers)
        return connection.getresponse()


@contextmanager
def serving(command: Sequence[str], folder: Path, **variables: str) -> Iterator[Served]:
    log = folder / "log"
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        **variables,
    }
    environment.pop("JUPYTER_TOKEN", None)
    with log.open("wb") as written:
        started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written, stderr=written, start_new_session=True)
    try:
        yield announced(started, log)
    finally:
        os.killpg(started.pid, signal.SIGINT)
        try:
            started.wait(30)
        finally:
            if started.poll() is None:
                os.killpg(started.pid, signal.SIGKILL)


def announced(started: subprocess.Popen[bytes], log: Path) -> Served:
    end = time.monotonic() + START_SECONDS
    while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/\?token=[0-9a-f]{48}", log.read_text())):
        assert started.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.2)
    return Served(found[1], found[0], log)


@pytest.fixture(scope="module")
def served(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """What ``make voila`` does, in this environment and on a free port."""
    listed = subprocess.run(["make", "-n", "voila"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    recipe = next(line for line in listed.splitlines() if "local_apps" in line).split()
    assert recipe[0] == ".venv/bin/python"
    command = [sys.executable, *recipe[1:], f"--port={free_ports(1)[0]}"]
    with serving(command, tmp_path_factory.mktemp("voila"), CATALYNX_HOME=str(sample_home)) as one:
        yield one


class Opened(NamedTuple):
    page: Page
    source: str
    asked: list[str]


@pytest.fixture(scope="module")
def opened(served: Served, browser: Browser) -> Iterator[Opened]:
    """The first look, opened as a reader does: by the link, then from the list."""
    context = browser.new_context(viewport={"width": 400, "height": 900})
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.link)
    assert page.inner_text("h1") == "Notebook apps"
    with page.expect_response("**/voila/render/01_first_look.ipynb", timeout=RUN_MILLISECONDS) as answered:
        page.click("text=First look")
    page.wait_for_selector(".figure canvas", timeout=RUN_MILLISECONDS)
    page.wait_for_load_state("networkidle")
    yield Opened(page, answered.value.text(), asked)
    context.close()


def test_the_first_look_is_all_there_and_none_of_its_code(opened: Opened) -> None:
    cells = json.loads(FIRST_LOOK.read_text())["cells"]
    shown = opened.page.content()
    code = [line.strip() for cell in cells if cell["cell_type"] == "code" for line in cell["source"]]
    assert len(code) > 20
    assert [line for line in code if len(line) > 12 and (line in shown or line in opened.source)] == []
    text = opened.page.inner_text("main")
    headings = [line[3:].strip() for cell in cells for line in cell["source"] if line.startswith("## ")]
    assert [heading for heading in headings if heading not in text] == []
    assert "make demo" not in text, "what is for those who work in the notebook is left out"
    assert opened.page.locator(".catalynx-failed").count() == 0
    assert opened.page.title() == "A first look · Catalynx"


def test_figures_and_tables_are_drawn_in_words(opened: Opened) -> None:
    page = opened.page
    assert page.locator("figure").count() == 3
    for number in range(3):
        page.locator("figure").nth(number).locator("canvas").first.wait_for(state="visible")
    assert page.locator("figcaption").first.inner_text() == "Which come first, and how do they score?"
    tables = page.locator("main table").all_inner_texts()
    assert len(tables) == 9
    assert not re.search(r"\bNaN\b|<NA>|\bNone\b|_usd", "".join(tables))
    assert page.locator("mjx-container").count() == 0, "amounts in dollars are no formulas"


def test_nothing_comes_from_elsewhere(opened: Opened, served: Served) -> None:
    assert len(opened.asked) > 10
    assert [url for url in opened.asked if not url.startswith((served.origin + "/", "data:", "blob:"))] == []
    assert re.findall(r"https?://(?!127\.0\.0\.1)[^\s\"'<\\]+", opened.source) == []
    assert "default-src 'self'" in opened.page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")


def test_a_narrow_page_scrolls_down_only(opened: Opened) -> None:
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 400
    assert opened.page.evaluate("document.documentElement.scrollHeight") > 3_000


def test_it_takes_the_token_and_listens_to_this_computer_alone(served: Served) -> None:
    for path in ("/", "/voila/tree", "/voila/render/01_first_look.ipynb", "/voila/api/contents/"):
        answer = served.ask(path)
        assert answer.status in (302, 403), path
        assert answer.status == 403 or answer.headers["Location"].startswith("/login"), path
    assert served.ask("/voila/tree?token=" + "0" * 48).status == 302
    token = served.link.partition("=")[2]
    assert served.ask("/voila/tree", Authorization=f"token {token}").status == 200
    assert served.ask("/voila/tree", Authorization=f"token {token}", Host="evil.example").status == 403
    for picture in ("a.png", "a.svg", "../../docs/images/overview.png"):
        assert served.ask(f"/voila/files/{picture}", Authorization=f"token {token}").status in (403, 404)
    for path in ("/api/contents", "/api/terminals", "/lab"):
        assert served.ask(path, Authorization=f"token {token}").status == 404, path


@pytest.mark.parametrize("path", ["/login", "/voila/static/voila.js", "/voila/labextensions/js/bokeh.min.js", "/nosuch"])
def test_every_answer_has_the_headers(served: Served, path: str) -> None:
    headers = served.ask(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_change_takes_more_than_the_cookie(opened: Opened, served: Served) -> None:
    sent = opened.page.context.request.post(f"{served.origin}/voila/api/shutdown/00000000-0000-0000-0000-000000000000")
    assert sent.status == 403
    assert "_xsrf" in sent.text()


@pytest.mark.parametrize("option", ["--Voila.ip=0.0.0.0", "--token=", "--Voila.auto_token=False"])
def test_it_is_not_opened_to_others(option: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "catalynx.hub.local_apps", str(tmp_path), f"--port={free_ports(1)[0]}", option]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert "must be" in ended.stderr
    assert "Traceback" not in ended.stderr


def write_failing(folder: Path) -> None:
    sources = (
        f"{SECRETS[0]} = 1",
        f"import sys; print('{SECRETS[2]}', file=sys.stderr); 'stands before it'",
        f"raise ValueError('{SECRETS[1]}')",
        "'comes after it'",
    )
    cells = [{"cell_type": "code", "id": f"c{at}", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
             for at, source in enumerate(sources)]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    (folder / "failing.ipynb").write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))


def test_a_cell_that_fails_tells_the_reader_no_more_than_that(
    browser: Browser, tmp_path: Path, eventually_logged: Callable[[Served, str], None]
) -> None:
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    write_failing(notebooks)
    command = [sys.executable, "-m", "catalynx.hub.local_apps", str(notebooks), f"--port={free_ports(1)[0]}"]
    with serving(command, tmp_path) as one:
        page = browser.new_page()
        page.goto(one.link)
        with page.expect_response("**/voila/render/failing.ipynb", timeout=RUN_MILLISECONDS) as answered:
            page.click("text=Failing")
        page.wait_for_selector(".catalynx-failed", timeout=RUN_MILLISECONDS)
        page.wait_for_selector("text=stands before it")
        shown = answered.value.text() + page.content()
        assert "This part could not be made" in page.inner_text("main")
        assert "comes after it" not in shown
        assert [word for word in (*SECRETS, "Traceback", "ValueError") if word in shown] == []
        page.goto("about:blank")
        eventually_logged(one, "Kernel shutdown")
        assert SECRETS[1] in one.log.read_text(), "who runs the server finds out why"
        page.close()


@pytest.fixture
def eventually_logged() -> Callable[[Served, str], None]:
    def wait(one: Served, words: str) -> None:
        end = time.monotonic() + 30
        while words not in one.log.read_text():
            assert time.monotonic() < end, one.log.read_text()
            time.sleep(0.2)

    return wait

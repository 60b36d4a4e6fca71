"""Memory of the service with 25 open dashboards in a real browser, and of each further one, over the shipped sample."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sample_workspace import sample_workspace

ROOT = Path(__file__).parents[2]
OPEN, LIMIT_MB, LIMIT_EACH_MB = 25, 512, 8
BROWSER_ARGS = ["--no-sandbox", "--disable-gpu"]


@contextmanager
def serving(home: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``catalynx serve`` on a free port; gives the process and its link."""
    command = [sys.executable, "-m", "catalynx", "--home", home, "serve", "--port", "0"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        said = ""
        for line in server.stdout or ():
            said += line
            if found := re.search(r"http://\S+\?token=\S+", said):
                yield server, found[0]
                return
        raise RuntimeError(said)
    finally:
        server.terminate()
        server.wait(20)


def resident_mb(process: int) -> float:
    """Memory that a process and those it started hold."""
    import psutil

    root = psutil.Process(process)
    return sum(one.memory_info().rss for one in (root, *root.children(recursive=True))) / 2**20


def run() -> list[dict]:
    """Open one page, then the others, and look at the service after each lot."""
    from playwright.sync_api import sync_playwright

    chromium = subprocess.run([ROOT / "deploy/chromium.sh"], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as home:
        sample_workspace(Path(home))
        with serving(home) as (server, link), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGS)
            context = browser.new_context()
            held = []
            for number in range(OPEN):
                page = context.new_page()
                page.goto(link if number == 0 else link.partition("?")[0])
                page.wait_for_selector("table.decisions", state="attached", timeout=60_000)
                held.append(resident_mb(server.pid))
            time.sleep(5)
            held[-1] = resident_mb(server.pid)
            browser.close()
    # The first few also load what is loaded once.
    each = (held[-1] - held[4]) / (OPEN - 5)
    return [
        {"name": f"service with {OPEN} open dashboards: memory", "ours": held[-1], "peer": None, "unit": "MB", "ratio": None,
         "target": f"≤ {LIMIT_MB} MB", "ok": held[-1] <= LIMIT_MB},
        {"name": "one more open dashboard: memory", "ours": each, "peer": None, "unit": "MB", "ratio": None,
         "target": f"≤ {LIMIT_EACH_MB} MB", "ok": each <= LIMIT_EACH_MB},
    ]  # fmt: skip

"""Takes the picture of the dashboard that the README shows: ``make screenshot`` → ``docs/images/overview.png``.

It builds the demonstration's workspace in ``build/demo``, serves it, opens the link in Chromium, and waits until the page
has filled all its cards.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
CATALYNX = (str(Path(sys.executable).parent / "catalynx"), "--home", str(ROOT / "build/demo"))
PICTURE = ROOT / "docs/images/overview.png"
SIZE = {"width": 1280, "height": 960}


@contextmanager
def served() -> Iterator[str]:
    """Serve the demonstration and give its link."""
    server = subprocess.Popen([*CATALYNX, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        for line in server.stdout:
            if link := re.search(r"http://\S+\?token=\S+", line):
                yield link[0]
                return
        sys.exit("The server ended before it printed its link.")
    finally:
        server.terminate()
        server.wait(timeout=20)


def take(link: str) -> None:
    """Open `link` and keep what is seen once nothing is waited for."""
    chromium = subprocess.run([ROOT / "deploy/chromium.sh"], capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.geteuid() != 0)
        page = browser.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce")
        page.goto(link)
        page.get_by_role("heading", level=1).wait_for()
        page.locator("main [data-root-id] *").first.wait_for()
        page.locator(".skeleton >> visible=true").first.wait_for(state="hidden", timeout=60_000)
        page.wait_for_timeout(1_000)  # the last figure is drawn after its card is filled
        if page.locator(".state >> visible=true").count():
            sys.exit(f"The page says: {page.locator('.state').first.inner_text()}")
        page.screenshot(path=PICTURE)
        browser.close()


def main() -> None:
    """Build, serve, look."""
    subprocess.run([*CATALYNX, "demo"], check=True)
    with served() as link:
        take(link)
    print(f"Wrote {PICTURE.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()

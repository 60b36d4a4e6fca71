"""Notebook apps in the hub: an analyst finds and opens one, which starts the server for it; an executive cannot."""

from __future__ import annotations

import json
import re

import pytest

pytestmark = [pytest.mark.xdist_group("hub"), pytest.mark.timeout(300)]

APP = "/voila/render/guides/01_first_look.ipynb"
TREE = "/voila/tree/guides"
SAME = ("content-security-policy", "x-content-type-options")


def test_an_analyst_opens_the_first_look_as_an_app(visitor, house, eventually) -> None:
    one = visitor()
    page = one.open_overview("ana")
    page.click("#navigation a:has-text('Notebook apps')")
    page.wait_for_url(f"**/user/ana{TREE}", timeout=120_000)
    assert page.inner_text("h1") == "Notebook apps"
    with page.expect_response(f"**/user/ana{APP}", timeout=200_000) as answered:
        page.click("text=First look")
    page.wait_for_selector(".figure canvas", timeout=200_000)
    page.wait_for_load_state("networkidle")
    source = answered.value.text()
    assert page.locator(".catalynx-failed").count() == 0
    assert "Shelburne Museum" in page.inner_text("main")
    assert "open_workspace" not in source + page.content()
    assert one.outside == []
    assert re.findall(r"https?://(?!127\.0\.0\.1)[^\s\"'<\\]+", source) == []
    lab = one.context.request.get(f"{house.origin}/user/ana/lab").headers
    assert [answered.value.headers.get(name) for name in SAME] == [lab.get(name) for name in SAME]
    assert lab["content-security-policy"]

    # Its changes take more than the cookie, and a server hands its files to nobody else.
    assert one.context.request.post(f"{house.origin}/user/ana/voila/api/shutdown/{'0' * 8}-0-0-0-0").status == 403
    assert house.ask(f"/user/ana{APP}").status in (302, 403)
    assert house.ask("/user/ana/voila/files/catalynx/a.png").status == 403
    refused = visitor()
    refused.open_overview("exec")
    for path in (TREE, APP):
        answer = refused.context.request.get(f"{house.origin}/user/ana{path}")
        assert answer.status == 403, path
        assert "First look" not in answer.text()

    page.goto(f"{house.origin}/hub/home")
    assert page.evaluate(STOP, "ana") in (202, 204)

    def ended() -> bool:
        headers = {"Referer": f"{house.origin}/hub/home"}
        return json.loads(one.context.request.get(f"{house.origin}/hub/api/users/ana", headers=headers).text())["servers"] == {}

    eventually(ended, 60)


def test_an_executive_neither_sees_nor_starts_an_app(visitor, house) -> None:
    one = visitor()
    page = one.open_overview("exec")
    assert page.locator("#navigation a:has-text('Notebook apps')").count() == 0
    asked = one.context.request
    assert asked.get(f"{house.origin}/hub/spawn?next=%2Fhub%2Fuser-redirect{TREE}").status == 403
    assert asked.get(f"{house.origin}/hub/user-redirect{APP}").status in (403, 404, 424)
    assert asked.get(f"{house.origin}/user/exec{APP}").status in (403, 404, 424)
    assert asked.get(f"{house.origin}/hub/api/users/exec").json().get("servers", {}) == {}


STOP = """async (name) => {
  const xsrf = document.cookie.match(/_xsrf=([^;]+)/)[1];
  return (await fetch(`/hub/api/users/${name}/server?_xsrf=${xsrf}`, {method: 'DELETE'})).status;
}"""

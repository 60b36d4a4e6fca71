"""Each of the four people in a browser: what they see, what they may start, and how they leave."""

from __future__ import annotations

import json

import pytest

pytestmark = [pytest.mark.xdist_group("hub"), pytest.mark.timeout(300)]

SERVICE = "/services/catalynx/"


@pytest.mark.parametrize("name", ["ana", "exec", "root1"])
def test_who_has_a_role_sees_the_dashboards_of_their_team(visitor, name: str) -> None:
    one = visitor()
    page = one.open_overview(name)
    assert page.url.startswith(one.house.origin + SERVICE)
    assert page.inner_text(".user") == name
    assert page.locator("#profile option").all_inner_texts() == ["Shelburne Museum · Shelburne, VT"]
    assert page.locator("#navigation a").all_inner_texts() == NAVIGATION[name]
    assert one.outside == []


NAVIGATION = {
    "ana": ["Overview", "Decisions", "Funders", "Readiness", "Reports", "Notebook apps", "JupyterLab", "API"],
    "exec": ["Overview", "Decisions", "Funders", "Readiness", "Reports"],
    "root1": [
        "Overview",
        "Decisions",
        "Funders",
        "Readiness",
        "Reports",
        "Audit",
        "Notebook apps",
        "JupyterLab",
        "Administration",
        "API",
    ],
}


@pytest.mark.parametrize(
    ("name", "path", "title", "says"),
    [
        ("exec", "/hub/spawn", "Your role does not open this page.", "Ask whoever manages your groups"),
        ("exec", "/hub/admin", "Your role does not open this page.", "Ask whoever manages your groups"),
        ("exec", "/hub/home", "You are logged in.", "Analysts have a JupyterLab"),
        ("ana", "/hub/home", "Your JupyterLab", "over the same data as the dashboards"),
        ("ana", "/hub/nosuch", "No such page", "The link may be old"),
    ],
)
def test_pages_of_the_hub_speak_to_people(visitor, house, name: str, path: str, title: str, says: str) -> None:
    one = visitor()
    page = one.open_overview(name)
    page.goto(house.origin + path)
    assert page.inner_text("h1") == title
    text = page.inner_text("body")
    assert says in text
    assert "scopes" not in text
    assert "JupyterHub" not in text + page.title()
    assert page.get_attribute(".catalynx-mark", "href") == SERVICE
    assert one.outside == []


def test_a_stranger_is_refused_and_told_why(visitor) -> None:
    one = visitor()
    page = one.log_in("nora")
    page.wait_for_load_state()
    text = page.inner_text("body")
    assert page.inner_text("h1") == "You may not come in here."
    assert text.count("none of your groups") == 1
    assert page.get_attribute("a:has-text('Log in as somebody else')", "href") == "/hub/logout"
    assert "403" in text
    assert "none of your groups may use Catalynx" in text
    assert "executive, analyst, admin" in text
    assert one.house.ask(SERVICE + "overview", Cookie=one.cookie).status == 303


@pytest.mark.parametrize("name", ["ana", "exec", "root1"])
def test_signing_out_ends_it_here_at_the_hub_and_at_the_provider(visitor, house, name: str) -> None:
    one = visitor()
    page = one.open_overview(name)
    cookie = one.cookie
    page.click("text=Sign out")
    page.wait_for_url(f"{house.running.provider_url}/session/end**")
    page.click("button:has-text('Yes')")
    page.wait_for_selector("text=You are signed out.")
    assert one.outside == [], "the log-in's own pages fetch nothing from elsewhere"
    page.click("text=Log in again")
    page.wait_for_selector(f"button[value={name}]")
    assert page.url.startswith(house.running.provider_url)
    assert "service-catalynx=" not in one.cookie
    # Not only is the cookie forgotten: what it held is worth nothing any more.
    assert house.ask("/hub/api/user", Authorization=f"token {token_in(cookie)}").status == 403


def test_an_executive_cannot_start_a_server(visitor, house) -> None:
    one = visitor()
    page = one.open_overview("exec")
    assert one.context.request.get(f"{house.origin}/hub/spawn").status == 403
    page.goto(f"{house.origin}/hub/home")
    assert page.evaluate(POST_SERVER, "exec") == 403
    assert page.evaluate(POST_SERVER, "ana") in (403, 404)
    assert house.ask("/hub/api/users/exec/server", "POST", Authorization=f"token {token_in(one.cookie)}").status == 403


def test_an_analyst_gets_a_server_with_the_guides_and_the_data(visitor, house, eventually) -> None:
    one = visitor()
    page = one.open_overview("ana")
    page.goto(f"{house.origin}/hub/home")
    assert page.evaluate(POST_SERVER, "ana") in (201, 202)
    contents = f"{house.origin}/user/ana/api/contents/"

    def listed() -> bool:
        answer = one.context.request.get(f"{house.origin}/hub/api/users/ana", headers={"Referer": f"{house.origin}/hub/home"})
        return answer.ok and answer.json()["servers"].get("", {}).get("ready", False)

    eventually(listed, 60)
    page.goto(f"{house.origin}/user/ana/lab")
    page.wait_for_selector("#jp-main-dock-panel", timeout=30_000)
    names = [one["name"] for one in json.loads(page.evaluate(FETCH, contents + "guides"))["content"]]
    assert sorted(names) == ["01_first_look.ipynb", "02_decisions.ipynb"]
    assert "lake" in [one["name"] for one in json.loads(page.evaluate(FETCH, contents + "catalynx"))["content"]]
    other = visitor()
    other.open_overview("exec")
    assert other.context.request.get(f"{house.origin}/user/ana/api/contents").status in (401, 403)
    page.goto(f"{house.origin}/hub/home")
    made = page.evaluate(MAKE_TOKEN, "ana")
    assert "token" in made, made

    def answered() -> int:
        return house.ask("/user/ana/api/contents", Authorization=f"token {made['token']}").status

    assert answered() == 200
    assert page.evaluate(END_TOKEN, ["ana", made["id"]]) == 204
    eventually(lambda: answered() == 403, 10)
    assert page.evaluate(POST_SERVER.replace("POST", "DELETE"), "ana") in (202, 204)


POST_SERVER = """async (name) => {
  const xsrf = document.cookie.match(/_xsrf=([^;]+)/)[1];
  const answer = await fetch(`/hub/api/users/${name}/server?_xsrf=${xsrf}`, {method: 'POST'});
  return answer.status;
}"""
MAKE_TOKEN = """async (name) => {
  const xsrf = document.cookie.match(/_xsrf=([^;]+)/)[1];
  const headers = {'Content-Type': 'application/json'};
  const made = await fetch(`/hub/api/users/${name}/tokens?_xsrf=${xsrf}`, {method: 'POST', body: '{}', headers});
  return made.json();
}"""
END_TOKEN = """async ([name, id]) => {
  const xsrf = document.cookie.match(/_xsrf=([^;]+)/)[1];
  return (await fetch(`/hub/api/users/${name}/tokens/${id}?_xsrf=${xsrf}`, {method: 'DELETE'})).status;
}"""
FETCH = """async (url) => {
  const xsrf = document.cookie.match(/_xsrf=([^;]+)/)[1];
  return (await fetch(url, {headers: {'X-XSRFToken': xsrf}})).text();
}"""


def token_in(cookies: str) -> str:
    return next(one.partition("=")[2] for one in cookies.split("; ") if one.startswith("service-catalynx="))

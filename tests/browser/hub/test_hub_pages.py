"""The hub's own pages under a policy with nonces: their scripts run, others do not, and nothing they need is refused."""

from __future__ import annotations

import re

import pytest

pytestmark = [pytest.mark.xdist_group("hub"), pytest.mark.timeout(300)]

WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.__violations.push(event.effectiveDirective + ' ' + event.blockedURI));
"""
SMUGGLED = """(nonce) => {
  const script = document.createElement('script');
  if (nonce) script.setAttribute('nonce', nonce);
  script.textContent = 'window.__smuggled = true';
  document.body.append(script);
  document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.__smuggled = true">');
  return new Promise((done) => setTimeout(() => done(Boolean(window.__smuggled)), 200));
}"""


@pytest.mark.parametrize(
    ("path", "shows"),
    [("/hub/home", "#start, #stop, a[role=button]"), ("/hub/token", "#request-token-form"), ("/hub/admin", "text=Add Users")],
)
def test_the_hubs_pages_work_under_their_policy(member, house, path: str, shows: str) -> None:
    page = member("root1").context.new_page()
    page.add_init_script(WATCH)
    page.goto(house.origin + path)
    page.wait_for_selector(shows)
    page.wait_for_function("window.jhdata && window.jhdata.base_url === '/hub/'")
    assert page.evaluate("window.__violations") == []
    assert page.evaluate(SMUGGLED, "") is False
    assert page.evaluate(SMUGGLED, "x" * 24) is False
    assert {one.split()[0] for one in page.evaluate("window.__violations")} == {"script-src-elem", "script-src-attr"}
    page.close()


def test_a_token_is_made_on_the_page_for_it(member, house) -> None:
    page = member("root1").context.new_page()
    page.goto(house.origin + "/hub/token")
    page.click("#request-token-form button[type=submit]")
    page.wait_for_selector("#token-result:not(:empty)")
    page.close()


def test_a_stranger_reads_why_on_a_page_under_the_same_policy(house) -> None:
    answers = [house.ask("/hub/oauth_callback?error=access_denied") for _ in range(2)]
    nonces = [set(re.findall(r'<script nonce="([^"]*)"', one.body)) for one in answers]
    assert all(len(found) == 1 for found in nonces)
    assert nonces[0] != nonces[1]
    for one, found in zip(answers, nonces, strict=True):
        assert re.findall(r"<script(?! nonce=)", one.body) == []
        assert f"script-src 'self' 'nonce-{found.pop()}'; style-src" in one.headers["content-security-policy"]
        assert int(one.headers["content-length"]) == len(one.body.encode())
        assert "etag" not in one.headers


def test_what_is_no_page_of_the_hub_may_do_nothing(house) -> None:
    for path in ("/hub/login", "/hub/api/", "/hub/static/js/darkmode.js", "/hub/api/users"):
        answer = house.ask(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; base-uri 'none'")
        assert "script-src" not in policy, path
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"

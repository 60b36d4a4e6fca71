"""A name that tries to be a script is text wherever a hub's page or ours says it."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.xdist_group("hub"), pytest.mark.timeout(300)]

HOSTILE = "x\"'><img src=x onerror=window.__ran=1><script>window.__ran=1<script>"
FIRED = "window.__ran"


def test_a_name_that_tries_to_be_a_script_is_text(visitor, member, house) -> None:
    with house.with_groups(**{HOSTILE: ["analyst", "team:local"]}):
        one = visitor()
        page = one.open_overview(HOSTILE)
        assert page.inner_text(".user") == HOSTILE
        assert page.evaluate(FIRED) is None
        for path in ("/hub/home", "/hub/token", "/hub/nosuch", "/hub/admin"):
            page.goto(house.origin + path)
            page.wait_for_selector("h1, h2")
            assert page.locator("img[onerror]").count() == 0, path
            assert page.evaluate(FIRED) is None, path
        admin = member("root1").context.new_page()
        admin.goto(house.origin + "/hub/admin")
        admin.get_by_text(HOSTILE).first.wait_for()
        assert admin.locator("img[onerror]").count() == 0
        assert admin.evaluate(FIRED) is None
        admin.close()


def test_a_stranger_whose_name_tries_to_be_a_script_is_refused_in_text(visitor, house) -> None:
    with house.with_groups(**{HOSTILE: ["guest"]}):
        page = visitor().log_in(HOSTILE)
        page.wait_for_load_state()
        assert page.inner_text("h1") == "You may not come in here."
        assert page.locator("img[onerror]").count() == 0
        assert page.evaluate(FIRED) is None

"""What can be turned on the page Decisions, in a browser: what is typed is read or refused beside it, told, and in the URL."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from decisions_page import asked, called, comes, rows_of, take_back, turn

from catalynx.figures import wording

pytestmark = pytest.mark.xdist_group("browser")

PLAN = "#card-plan canvas"


def test_a_slider_is_turned_by_keys_and_the_url_says_it(visit, constructed) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    turn(page, "Still giving", times=4)
    comes(page, lambda: asked(page).get("w"), ["still giving:2"])
    desk = constructed.Workbench().desk("constructed-museum", "x")
    ordered = desk.ordered(constructed.Wish({"still giving": 2.0})).sort_values("rank")
    comes(page, lambda: rows_of(page), ordered["candidate_id"].head(8).tolist())
    shown = page.locator("table.order tbody tr").first.inner_text()
    assert wording.score(ordered["score"].iloc[0]) in shown
    page.reload()
    page.wait_for_selector(PLAN, state="attached")
    slider = page.get_by_role("slider", name="Still giving", exact=True)
    assert slider.get_attribute("aria-valuetext") == "2.00 ×"
    page.get_by_role("button", name="As usual", exact=True).click()
    page.wait_for_url(lambda url: "giving" not in url)


def test_every_weight_at_nothing_is_said_and_nothing_is_lost(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    for name in ("What they give for", "Where they give", "Sums that suit us", "Open to newcomers", "Still giving"):
        turn(page, name, "Home")
    page.wait_for_selector("#card-headline .state.error >> text=one is above 0")
    turn(page, "Still giving", "End")
    page.wait_for_selector("#card-headline .headline")


@pytest.mark.parametrize(
    ("who", "hours", "says"),
    [("", "50", "a name or a role"), ("grant writer", "", "how many of the 80 hours"), ("grant writer", "200", "at most the 80 hours"),
     ("grant writer", "-5", "from 0"), ("grant writer", "<b>many</b>", "is no number of hours"), ("grant writer", "nan", "from 0")],
)  # fmt: skip
def test_a_change_of_staff_that_cannot_be_is_told(visit, who: str, hours: str, says: str) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    page.get_by_label("Who", exact=True).fill(who)
    page.get_by_label("Hours a month").fill(hours)
    page.get_by_role("button", name="Apply").click()
    page.wait_for_selector(f"#card-knobs .refused >> text={says}")
    assert "staff" not in asked(page)


def test_what_is_known_better_of_one_candidate_counts_and_is_taken_back(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    first = rows_of(page)[1]
    part = page.get_by_role("button", name="What do you know better?")
    assert part.get_attribute("aria-expanded") == "false"
    part.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Of which candidate").select_option(called(page, first))
    assert part.get_attribute("aria-expanded") == "true"
    page.get_by_label("Chance, assumed, per cent").fill("lots")
    page.get_by_role("button", name="Use these").click()
    page.wait_for_selector("#card-knobs .refused >> text=“lots” is not per cent from 0 to 100.")
    assert "chance" not in asked(page)
    page.get_by_label("Chance, assumed, per cent").fill("30 %")
    page.get_by_label("Ask, US dollars").fill("$25k")
    page.get_by_label("Hours that it takes").fill("5")
    page.get_by_role("button", name="Use these").click()
    page.wait_for_selector("#card-knobs .names >> text=ask $25,000, chance 30%, hours that it takes 5 h")
    comes(page, lambda: [asked(page).get(name) for name in ("ask", "chance", "effort")],
          [[f"{first}:25000.0"], [f"{first}:0.3"], [f"{first}:5.0"]])  # fmt: skip
    page.wait_for_selector("#card-headline .says >> text=Against the plan as it is:")
    again = visit().open(f"/decisions?{urlsplit(page.url).query}", wait_for=PLAN)
    again.wait_for_selector("#card-knobs .names >> text=ask $25,000, chance 30%, hours that it takes 5 h")
    page.get_by_role("button", name="Take back", exact=True).click()
    comes(page, lambda: asked(page).get("ask"), None)


def test_limits_of_a_plan_are_set_told_and_in_the_url(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    first, second, third = rows_of(page)[:3]
    page.get_by_role("button", name="Which limits?").click()
    page.get_by_label("Own money in all, US dollars").fill("much")
    page.keyboard.press("Enter")
    page.wait_for_selector("#card-knobs .refused >> text=“much” is not an amount in US dollars.")
    page.get_by_label("Own money in all, US dollars").fill("5000")
    page.keyboard.press("Enter")
    comes(page, lambda: asked(page).get("own-money"), ["5000.0"])
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_selector("#card-knobs .refused >> text=Choose a first and at least another candidate.")
    page.get_by_label("First", exact=True).select_option(called(page, first))
    page.get_by_label("Second", exact=True).select_option(called(page, second))
    page.get_by_label("Third, if any").select_option(called(page, third))
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_selector("#card-knobs .names >> text=Only one of:")
    comes(page, lambda: asked(page).get("one-of"), [f"{first}|{second}|{third}"])
    page.get_by_label("Of these candidates").select_option("first only with the others")
    page.get_by_role("button", name="Add", exact=True).click()
    comes(page, lambda: asked(page).get("only-with"), [f"{first}|{second}", f"{first}|{third}"])
    page.get_by_label("Share of one funder").select_option("at most 50 %")
    comes(page, lambda: asked(page).get("funder-share"), ["0.5"])
    take_back(page, "Only one of:")
    comes(page, lambda: asked(page).get("one-of"), None)
    take_back(page, f"{called(page, first)}: only with {called(page, second)}")
    comes(page, lambda: asked(page).get("only-with"), [f"{first}|{third}"])


def test_other_work_is_set_told_taken_back_and_in_the_url(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    page.get_by_role("button", name="Other work").click()
    for label, typed in (
        ("What", "<b>gala</b>"),
        ("Hours in all", "many"),
        ("First day", "2027-03-05"),
        ("Last day", "2027-03-01"),
    ):
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_role("button", name="Add work").click()
    page.wait_for_selector("#card-knobs .refused >> text=“many” is not a number of hours.")
    page.wait_for_selector("#card-knobs .refused >> text=It begins on 5 Mar 2027: end it then or later.")
    assert "busy" not in asked(page)
    page.get_by_label("Hours in all", exact=True).fill("60")
    page.get_by_label("Last day", exact=True).fill("2027-03-31")
    page.get_by_role("button", name="Add work").click()
    page.wait_for_selector("#card-knobs .names >> text=60 h, 5 Mar 2027 to 31 Mar 2027")
    comes(page, lambda: asked(page).get("busy"), ["<b>gala</b>|60.0|2027-03-05|2027-03-31"])
    assert page.locator("#card-knobs .refused").count() == 0
    page.wait_for_selector("#card-headline .says >> text=Against the plan as it is:")
    again = visit().open(f"/decisions?{urlsplit(page.url).query}", wait_for=PLAN)
    again.wait_for_selector("#card-knobs .names >> text=<b>gala</b>")
    take_back(page, "gala")
    comes(page, lambda: asked(page).get("busy"), None)


def test_a_list_that_is_open_stays_as_it_is_while_plans_come(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    shown = "list => [list.selectedOptions[0].text, ...Array.from(list.options, (one) => one.text)]"
    first = called(page, rows_of(page)[0])
    page.get_by_role("button", name="Which limits?").click()
    names = page.get_by_label("First", exact=True)
    names.select_option(first)
    before = names.evaluate(shown)
    assert before[0] == first
    page.get_by_label("Own money in all, US dollars").fill("5000")
    page.keyboard.press("Enter")
    page.wait_for_selector("#card-headline >> text=Against the plan as it is")
    assert names.evaluate(shown) == before


def test_a_row_asks_what_is_known_better_of_it(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    first = rows_of(page)[1]
    page.locator(f'tr[data-candidate="{first}"]').get_by_role("button", name="know better").click()
    asks = page.get_by_text(f"What do you know better of {called(page, first)}?")
    asks.wait_for()
    comes(page, lambda: asks.evaluate("said => said.getRootNode().activeElement === said"), True)
    chosen = page.get_by_label("Of which candidate")
    assert chosen.evaluate("list => list.selectedOptions[0].textContent") == called(page, first)
    page.get_by_label("Hours that it takes").fill("many")
    page.get_by_label("Last day to apply").fill("31 Mar 2027")
    page.get_by_role("button", name="Use these").click()
    page.wait_for_selector("#card-knobs .refused >> text=“many” is not a number of hours.")
    page.get_by_label("Hours that it takes").fill("")
    page.get_by_role("button", name="Use these").click()
    comes(page, lambda: asked(page).get("deadline"), [f"{first}:2027-03-31"])
    take_back(page, called(page, first))
    comes(page, lambda: asked(page).get("deadline"), None)
    assert page.get_by_role("button", name="Which limits?").get_attribute("aria-expanded") == "false"


def test_groups_compared_two_by_two_set_their_weights(visit) -> None:
    page = visit().open("/decisions", wait_for=PLAN)
    page.get_by_role("button", name="Two by two").click()
    pairs = page.locator("#card-knobs select").filter(has_text="both alike")
    for place in range(4):
        pairs.nth(place).select_option("What they give for: clearly")
    page.get_by_role("button", name="Weigh by these").click()
    page.wait_for_selector("#card-knobs >> text=The comparisons agree (consistency ratio 0.00, good up to 0.10).")
    comes(page, lambda: len(asked(page).get("w", ())), 5)
    assert not any(one.startswith("mission:") for one in asked(page)["w"])
    slider = page.get_by_role("slider", name="Still giving", exact=True)
    said = dict(one.rsplit(":", 1) for one in asked(page)["w"])
    comes(page, lambda: slider.get_attribute("aria-valuetext"), f"{float(said['still giving']):.2f} ×")
    page.wait_for_selector("#card-headline .says")
    pairs.nth(4).select_option("Sums that suit us: by far")
    pairs.nth(5).select_option("Where they give: by far")
    pairs.nth(7).select_option("Open to newcomers: by far")
    page.get_by_role("button", name="Weigh by these").click()
    page.wait_for_selector("#card-knobs .refused >> text=The comparisons contradict each other")

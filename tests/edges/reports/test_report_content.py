"""The executive summary says what the package says, runs nothing, and fetches nothing."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import Browser

from catalynx.figures import wording
from catalynx.reports.exporting import flat

from .conftest import Shown


class Read(HTMLParser):
    """What a page shows and would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.within: list[str] = []
        self.in_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.within.append(tag)
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()
        if tag in {"td", "th"}:
            self.in_cell = False

    def handle_data(self, data: str) -> None:
        if self.within:
            return
        self.text.append(data)
        if self.in_cell:
            self.tables[-1][-1][-1] += data.strip("\n")


@pytest.fixture(scope="module")
def page(shown: Shown) -> str:
    return shown.made.html.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def read(page: str) -> Read:
    return Read(page)


def test_the_sentence_is_the_agendas(shown: Shown, page: str) -> None:
    lead = re.search(r'<p class="lead">(.*?)</p>', page)
    assert lead
    assert lead[1] == shown.decided.agenda.sentence


def test_it_answers_in_order(page: str) -> None:
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert headings[:6] == ["What to do now", "Why", "How likely", "By when", "What it rests on", "What is unknown"]


def test_what_to_do_now_is_the_agenda(shown: Shown, read: Read) -> None:
    decisions = shown.decided.decisions.set_index("candidate_id").loc[list(shown.decided.agenda.chosen)]
    rows = read.tables[0][1:]
    assert [row[1] for row in rows] == [wording.name(name) for name in decisions["name"]]
    assert [row[0] for row in rows] == [str(rank) for rank in decisions["rank"]]
    assert [row[3] for row in rows] == [wording.money(usd) for usd in decisions["ask_usd"]]
    assert [row[5] for row in rows] == list(decisions["next_action"])


def test_reasons_are_those_of_the_first(shown: Shown, page: str) -> None:
    first = shown.decided.decisions.iloc[0]
    for reason in [*first["reasons_for"], *first["reasons_against"]]:
        assert reason[1:] in page
    assert len(re.findall(r'<ul class="reasons">', page)) == 4


def test_how_likely_it_is_is_said_of_the_first(page: str) -> None:
    part = page.partition("How likely</h2>")[2].partition("</ul>")[0]
    assert part.count("<li>") == 4
    assert part.count("nknown: ") == 4
    assert "Neither is your chance of winning." in part


def test_asks_and_the_order_of_rows_are_explained(shown: Shown, page: str) -> None:
    first = shown.decided.decisions.iloc[0]
    basis = shown.decided.candidates.set_index("candidate_id")["ask_basis"][first["candidate_id"]]
    assert f"Suggested ask {wording.money(first['ask_usd'])}, from {basis}." in page
    assert ", then those to Arts, Culture &amp; Humanities (A) in VT, then the newest." in page


def test_what_it_rests_on_is_what_the_lake_holds(shown: Shown, read: Read) -> None:
    rows = next(table for table in read.tables if table[0][:3] == ["Source", "Table", "Records"])[1:]
    told = {(row[0], row[1]): (row[2], row[4]) for row in rows}
    for fact in shown.facts.to_dict("records"):
        if (fact["source"], fact["table_name"]) in told:
            assert told[fact["source"], fact["table_name"]] == (f"{fact['rows']:,}", f"{fact['set_aside']:,}")
    assert ("irs_bmf", "organizations") in told


def test_tables_are_left_as_csv(shown: Shown) -> None:
    file = shown.made.folder / "tables/decisions.csv"
    kept = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    ours = flat(shown.decided.decisions)
    assert list(kept.columns) == list(ours.columns)
    assert len(kept) == len(ours)
    for name in ("candidate_id", "recommendation", "name", "next_action", "reasons_for", "unknown"):
        assert list(kept[name]) == ["" if wording.is_unknown(value) else value for value in ours[name]], name
    for name in ("score", "coverage", "ask_usd", "effort_hours"):
        assert pd.to_numeric(kept[name]).fillna(-1).to_list() == pytest.approx(ours[name].fillna(-1).to_list())
    parts = pd.read_csv(shown.made.folder / "tables/score_parts.csv", encoding="utf-8-sig")
    assert parts["contribution"].sum() == pytest.approx(shown.decided.parts["contribution"].sum())


def test_tables_are_left_as_a_workbook(shown: Shown) -> None:
    book = openpyxl.load_workbook(shown.made.folder / "tables/tables.xlsx", read_only=True)
    assert {"decisions", "data", "evidence"} <= set(book.sheetnames)
    rows = list(book["decisions"].iter_rows(values_only=True))
    ours = flat(shown.decided.decisions)
    assert list(rows[0]) == list(ours.columns)
    assert len(rows) == len(ours) + 1
    kept = pd.DataFrame(rows[1:], columns=rows[0])
    assert list(kept["candidate_id"]) == list(ours["candidate_id"])
    assert kept["score"].fillna(-1).to_list() == pytest.approx(ours["score"].fillna(-1).to_list())
    assert [
        value and value.date().isoformat() for value in kept["deadline"].astype(object).where(kept["deadline"].notna(), None)
    ] == [None if wording.is_unknown(value) else wording.as_day(value).isoformat() for value in ours["deadline"]]


def test_no_cell_is_a_formula(shown: Shown) -> None:
    starts = ("=", "+", "-", "@", "\t", "\r")
    for file in (shown.made.folder / "tables").glob("*.csv"):
        frame = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        for name in frame.columns:
            numbers = pd.to_numeric(frame[name], errors="coerce").notna()
            assert not frame.loc[~numbers, name].str.startswith(starts).any(), f"{file.name}: {name}"


def test_texts_of_users_are_inert(shown: Shown, page: str, read: Read) -> None:
    assert "&lt;img src=x onerror=alert(1)&gt; Museum" in page
    assert shown.decided.profile.organization_name in "".join(read.text)
    assert not [tag for tag, attributes in read.tags if any(name.startswith("on") for name in attributes)]
    assert "alert(2)" not in "".join(
        script for script in re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL) if len(script) < 1e5
    )


def test_nothing_is_fetched(read: Read) -> None:
    fetched = [
        (tag, value)
        for tag, attributes in read.tags
        for name, value in attributes.items()
        if name in {"src", "href", "data", "poster", "srcset", "action"}
        and tag != "a"
        and value
        and not value.startswith("data:")
    ]
    assert fetched == []
    assert not [tag for tag, _ in read.tags if tag in {"link", "iframe", "object", "embed", "form", "base"}]


def test_its_styles_fetch_nothing(page: str) -> None:
    styles = "".join(re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL))
    assert styles
    assert "url(" not in styles
    assert "@import" not in styles


def test_no_code_is_shown(page: str, read: Read) -> None:
    text = "".join(read.text)
    for code in ("import ", "paper.", "workspace", "decided", "In [", "Out["):
        assert code not in text
    assert 'class="highlight' not in page


def test_it_says_nothing_of_the_machine(shown: Shown, page: str) -> None:
    text = page + shown.made.notebook.read_text() + (shown.made.folder / "report.json").read_text()
    for place in (str(shown.settings.home), str(Path.home()), str(Path(pd.__file__).parents[1]), str(Path(__file__).parents[3])):
        assert place not in text


def test_the_notebook_is_the_one_that_was_run(shown: Shown) -> None:
    cells = json.loads(shown.made.notebook.read_text())["cells"]
    injected = next(cell for cell in cells if "injected-parameters" in cell["metadata"].get("tags", []))
    assert shown.decided.profile.profile_id in "".join(injected["source"])
    assert all(cell["execution_count"] for cell in cells if cell["cell_type"] == "code")


def test_it_describes_itself(shown: Shown) -> None:
    described = json.loads((shown.made.folder / "report.json").read_text())
    assert described["profile_id"] == shown.decided.profile.profile_id
    assert described["parameters"]["top"] == 4
    assert not list(shown.made.folder.glob("tables/profile_id*"))


def test_the_pdf_has_pages(chromium_path: Path, shown: Shown) -> None:
    assert shown.made.pdf is not None
    content = shown.made.pdf.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) > 2


def test_a_browser_draws_it_and_asks_for_nothing_else(browser: Browser, shown: Shown, page: str) -> None:
    tab = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    try:
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        tab.goto(shown.made.html.resolve().as_uri())
        tab.wait_for_selector("html[data-drawn=yes]", state="attached", timeout=60_000)
        drawn = tab.locator(".drawing .bk-Figure, .drawing > *").count()
        assert tab.locator("p.lead").inner_text() == shown.decided.agenda.sentence
    finally:
        tab.close()
    assert asked == [shown.made.html.resolve().as_uri()]
    assert said == []
    assert drawn >= page.count('class="drawing"') >= 2


def test_each_number_has_a_link_to_the_row_behind_it(page: str, read: Read) -> None:
    links = [value for tag, attributes in read.tags if tag == "a" for name, value in attributes.items() if name == "href"]
    wanted = {link.removeprefix("#") for link in links if link and link.startswith("#rows-")}
    there = {attributes.get("id") for _, attributes in read.tags}
    assert len(wanted) > 20
    assert wanted <= there
    assert page.index("What is unknown") < page.index("What each score is made of") < page.index("The rows behind each number")


def test_parts_are_told_as_they_were_scored(shown: Shown, page: str, read: Read) -> None:
    first = shown.decided.decisions["candidate_id"].iloc[0]
    parts = shown.decided.parts[shown.decided.parts["candidate_id"] == first]
    table = next(table for table in read.tables if table[0][0] == "Criterion, and why")
    assert [row[3] for row in table[1:]] == [
        wording.score(value) for value in parts.sort_values(["weight", "criterion"], ascending=[False, True])["contribution"]
    ]
    for because in parts["because"]:
        assert because.replace("'", "&#x27;") in page or because in page
    kept = pd.read_csv(shown.made.folder / "tables/score_evidence.csv", encoding="utf-8-sig", dtype=str)
    assert kept[["source", "file", "place"]].notna().all().all()
    compared = pd.read_csv(shown.made.folder / "tables/score_parts.csv", encoding="utf-8-sig")
    assert {"share", "median_value", "difference"} <= set(compared.columns)
    rows = pd.read_csv(shown.made.folder / "tables/evidence_rows.csv", encoding="utf-8-sig", dtype=str)
    assert rows["year"].dropna().str.fullmatch(r"\d{4}").all()
    assert "to you" in set(rows["nearness"])

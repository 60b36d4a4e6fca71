"""A server with answers made up for the tests, and a browser. Every name in the answers is invented, and says so."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import SimpleNamespace

import constructed_desk as desks
import constructed_world as world
import pandas as pd
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from catalynx.columns import RESULTS, empty_frame
from catalynx.decision import agenda
from catalynx.errors import CatalynxError, LakeEmpty, NotFound
from catalynx.rules import Rules
from catalynx.scoring import compare_with_middling
from dashboards.answers import Answers, DataFacts, Evidence, EvidenceTable, ProfileFacts

TODAY = date(2027, 2, 26)
HOURS_PER_MONTH = 80.0
CANARY = "<img src=x onerror=\"window.__canary='fired'\"><script>window.__canary='fired'</script>"
CRITERIA = {"mission": 0.3, "field": 0.15, "geography": 0.2, "size": 0.15, "recency": 0.1, "newcomers": 0.1}
CLASSES = (("pursue now", 0.8), ("prepare", 0.65), ("consider later", 0.5), ("monitor", 0.35), ("decline", 0.0))
NAMES = (
    "CONSTRUCTED MAPLE FOUNDATION", "Constructed Trust for Rural Arts and Humanities in the Northern Kingdom", CANARY,
    "Constructed Office of Museums, Challenge Grants", "Constructed Lake Fund",
)  # fmt: skip
PROFILE = ProfileFacts("constructed-museum", "Constructed Museum of Vermont", "Shelburne, VT", ("VT",), ("A",))
OTHER = ProfileFacts("constructed-library", "Constructed Library", "Barre, VT")


def constructed_parts(count: int) -> pd.DataFrame:
    rows = []
    for number in range(count):
        known = [name for place, name in enumerate(CRITERIA) if (number + place) % 5 or number < 3]
        known = [name for name in known if not (number == 1 and name == "newcomers")] if number != count - 1 else []
        weight = sum(CRITERIA[name] for name in known)
        for place, (name, share) in enumerate(CRITERIA.items()):
            value = max(0.02, 0.97 - 0.021 * number - 0.02 * place) if name in known else None
            because = (
                f"{name}: {13 + number} of {40 + number} grants on record fit"
                if name in known
                else f"unknown: no {name} on record"
            )
            contribution = value * share / weight if value is not None else None
            rows.append((f"constructed:{number:02d}", name, value, share, contribution, because))
    parts = pd.DataFrame(rows, columns=RESULTS["score_parts"].names).astype({"value": float, "contribution": float})
    return compare_with_middling(parts, pd.Series("foundation", parts["candidate_id"].unique()))


def constructed_decisions(parts: pd.DataFrame, today: date = TODAY) -> pd.DataFrame:
    totals = parts.groupby("candidate_id").agg(score=("contribution", lambda given: given.sum(min_count=1)))
    coverage = parts[parts["value"].notna()].groupby("candidate_id")["weight"].sum().reindex(totals.index).fillna(0.0)
    rows = []
    for number, candidate_id in enumerate(totals.index):
        score, fails = totals.loc[candidate_id, "score"], number % 11 == 10
        recommendation = next((name for name, least in CLASSES if score >= least), "monitor") if not fails else "decline"
        due = today + timedelta(days=16 + 9 * number) if number % 3 != 1 else None
        ask = None if number % 7 == 6 else 12_500.0 * (1 + number)
        rows.append({
            "candidate_id": candidate_id, "kind": ("foundation", "program", "opportunity")[number % 3],
            "name": NAMES[number] if number < len(NAMES) else f"Constructed Fund No. {number}",
            "funder_name": CANARY if number == 3 else f"Constructed Funder {number}", "rank": 0, "recommendation": recommendation,
            "score": score, "coverage": round(float(coverage[candidate_id]), 4), "eligibility": "fails" if fails else "passes",
            "eligibility_reason": "gives to cities only" if fails else "open to 501(c)(3) organisations",
            "marks": ["gives only to preselected charities"] if number == 4 else [], "deadline": due,
            "deadline_estimated": due is not None and number % 2 == 1, "ask_usd": ask,
            "effort_hours": None if ask is None else 30.0 + number, "effort_low_hours": None if ask is None else 20.0 + number,
            "effort_high_hours": None if ask is None else 60.0 + number,
            "start_by": None if due is None else due - timedelta(days=30), "review_on": today + timedelta(days=30),
            "next_action": f"Write to them by {due or today + timedelta(days=30):%-d %b %Y}",
            "reasons_for": [f"{13 + number} of {40 + number} grants on record went to Vermont"],
            "reasons_against": ["only 2 of 40 recipients were new"] if number % 2 else [CANARY],
            "feasibility": None if number % 5 == 4 else 0.6, "feasibility_coverage": 0.7,
            "confidence": "medium", "confidence_reason": f"70% of the score rests on data, of {number + 1} rows",
            "priority": "low", "priority_reason": "no day to start is known", "conditions": [f"Ask them, by {today:%-d %b %Y}", CANARY],
            "next_actions": [f"Write to them by {due or today + timedelta(days=30):%-d %b %Y}", "Plan by then"],
            "success_measures": [f"An application for ${ask or 0:,.0f} is handed in."],
            "unknown": ["how many applied: not published"], "evidence": json.dumps({"table": "grants", "funder_name": "x"}),
        })  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["_fails"] = frame["eligibility"] == "fails"
    frame = (
        frame.sort_values(["_fails", "score"], ascending=[True, False], na_position="last")
        .drop(columns="_fails")
        .reset_index(drop=True)
    )
    frame["rank"] = range(1, len(frame) + 1)
    for name in ("deadline", "start_by", "review_on"):
        frame[name] = pd.to_datetime(frame[name])
    return frame.reindex(columns=RESULTS["decisions"].names)


def constructed_grants() -> pd.DataFrame:
    years = [2015, 2016, 2018, 2019, 2019, 2021]
    return pd.DataFrame({
        "grant_id": [f"g{n}" for n in range(len(years))], "funder_name": "CONSTRUCTED MAPLE FOUNDATION",
        "recipient_name": [CANARY, *(f"Constructed Museum {n}" for n in years[1:])], "year": pd.array(years, dtype="Int64"),
        "amount_usd": [2_000.0, 10_000.0, 20_000.0, 60_000.0, None, 1_500_000.0], "status": ["paid"] * 5 + ["approved"],
        "purpose": "exhibitions", "source": "constructed", "file": "constructed/maple.sql", "place": [f"line {n}" for n in years],
    })  # fmt: skip


def constructed_answers(
    count: int = 40, *, hours_per_month: float | None = HOURS_PER_MONTH, profile: ProfileFacts = PROFILE
) -> Answers:
    parts = constructed_parts(count)
    decisions = constructed_decisions(parts) if count else pd.DataFrame(columns=RESULTS["decisions"].names)
    candidates = world.candidates_of(decisions)
    counts = pd.DataFrame({
        "source": ["constructed_grants", "constructed_bmf"], "table_name": ["grants", "organizations"], "rows": [95_280, 31_415],
        "newest_year": pd.array([2023, None], dtype="Int64"), "set_aside": [334, 12], "fields_unknown": [7, 1_784],
    })  # fmt: skip
    chosen = agenda(decisions, Rules(as_of=TODAY, hours_per_month=hours_per_month))
    data = DataFacts(date(2027, 2, 20), "constructed-20270220", counts)
    return Answers(profile, TODAY, candidates, parts, decisions, chosen, 3, data)


class ConstructedWorkbench:
    """Gives constructed answers; `fails` makes it raise instead."""

    def __init__(
        self, count: int = 40, *, profiles: Sequence[ProfileFacts] = (PROFILE, OTHER), fails: CatalynxError | None = None
    ) -> None:
        self.count, self.fails, self._profiles = count, fails, profiles
        self.store = desks.InMemory("constructed-user")
        self.trained, self.training_job = True, None
        self.asked_from: str | None = None

    def profiles(self) -> Sequence[ProfileFacts]:
        return self._profiles

    def answers(self, profile_id: str) -> Answers:
        if self.fails:
            raise self.fails
        profile = next(one for one in self._profiles if one.profile_id == profile_id)
        return constructed_answers(self.count if profile is self._profiles[0] else 7, profile=profile)

    def desk(self, profile_id: str, by: str, *, origin: str | None = None) -> desks.KeptDesk:
        self.asked_from = origin
        return desks.desk(self.answers(profile_id), HOURS_PER_MONTH, self.store)

    def evidence(self, profile_id: str, candidate_id: str) -> Evidence:
        if candidate_id == "constructed:05":
            raise LakeEmpty("the lake has no grants. `catalynx ingest PATH` reads a file that has.")
        if not candidate_id.startswith("constructed:"):
            raise NotFound("candidate", candidate_id, "It may come from another version of the data.")
        grants = constructed_grants()
        return Evidence((EvidenceTable("grants", grants, len(grants)),))

    def score_evidence(self, profile_id: str, candidate_id: str, criterion: str) -> EvidenceTable:
        if criterion == "recency":
            raise LakeEmpty("the lake has no grants. `catalynx ingest PATH` reads a file that has.")
        count = {"mission": 30, "eligibility": 1}.get(criterion, 0)
        rows = constructed_score_evidence(candidate_id, criterion, count)
        return EvidenceTable("grants", rows, count)

    def likelihood(self, profile_id: str, candidate_id: str) -> world.HowLikely:
        return world.likelihood(candidate_id, CANARY, trained=self.trained)

    def train_likelihood(self, by: str, *, origin: str | None = None) -> world.Job:
        self.training_job = world.training_job(by, "running")
        return self.training_job

    def training(self, by: str) -> world.Job | None:
        return self.training_job

    def network(self, profile_id: str) -> world.Network:
        return world.network()

    def paths(self, profile_id: str, candidate_id: str) -> world.Paths:
        return world.paths(candidate_id, CANARY)

    def officers(self, profile_id: str, funder_ein: str | None) -> world.Officers:
        return world.officers(funder_ein, CANARY)

    def finances(self, profile_id: str, award_usd: float | None, federal: bool) -> world.Finances:
        return world.finances(profile_id, award_usd, federal)

    def risks(self, profile_id: str) -> world.Risks:
        return world.risks(self.answers(profile_id).decisions)

    def condition_rows(self, profile_id: str, condition: str) -> EvidenceTable:
        return world.condition_rows(condition)


def constructed_score_evidence(candidate_id: str, criterion: str, count: int) -> pd.DataFrame:
    rows = [
        {
            "candidate_id": candidate_id, "criterion": criterion, "table_name": "filings" if number == 0 else "grants",
            "row_id": f"g{number}", "nearness": "in your state" if number < 2 else None, "what": CANARY, "fact": "VT",
            "year": 2019, "amount_usd": 1_000.0 + number, "line": "Form 990-PF Part XI line 7: distributable amount" if number == 0 else None,
            "path": "IRS990PF/DistributableAmountGrp/DistributableAsAdjustedAmt" if number == 0 else None,
            "known_from": "constructed_bmf.csv · line 9", "source": "constructed", "file": "constructed/maple.sql",
            "place": f"line {number}",
        }
        for number in range(count)
    ]  # fmt: skip
    blank = empty_frame("score_evidence")
    return pd.DataFrame(rows, columns=list(blank.columns)).astype(blank.dtypes.to_dict())


TOKEN = "constructed-token-of-the-tests"


@dataclass(frozen=True)
class Served:
    """A running server."""

    port: int
    workbench: ConstructedWorkbench

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def link(self) -> str:
        return f"{self.origin}/?token={TOKEN}"


@contextmanager
def serving(workbench: ConstructedWorkbench) -> Iterator[Served]:
    from dashboards.server import make_application, server_config

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        application = make_application(workbench, token=TOKEN, port=port, user="constructed-user")
        server = uvicorn.Server(server_config(application))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        try:
            yield Served(port, workbench)
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture(scope="session")
def constructed() -> SimpleNamespace:
    """What the made-up answers are made of."""
    return SimpleNamespace(answers=constructed_answers, grants=constructed_grants, Workbench=ConstructedWorkbench,
                           world=world, Wish=desks.Wish, TODAY=TODAY, CANARY=CANARY, TOKEN=TOKEN, serving=serving)  # fmt: skip


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """A server with forty made-up candidates."""
    with serving(ConstructedWorkbench()) as running:
        yield running


WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.__violations.push(event.effectiveDirective + ' ' + event.blockedURI));
"""


class Visitor:
    """A browser with one open page that notes what must not happen: requests outside, violations of the policy, errors."""

    def __init__(self, context: BrowserContext, server: Served) -> None:
        self.context, self.server, self.outside, self.errors = context, server, [], []
        self.page: Page = context.new_page()
        self.page.add_init_script(WATCH)
        self.page.on(
            "request",
            lambda request: request.url.startswith((server.origin, "data:", "blob:")) or self.outside.append(request.url),
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))

    def open(self, path: str = "/overview", wait_for: str = "table.decisions") -> Page:
        place, mark, hash_ = path.partition("#")
        with_token = f"{place}{'&' if '?' in place else '?'}token={TOKEN}"
        self.page.goto(self.server.origin + with_token + mark + hash_)
        self.page.wait_for_selector(wait_for, state="attached")
        return self.page

    def assert_clean(self) -> None:
        assert self.outside == []
        assert self.errors == []
        assert self.page.evaluate("window.__violations") == []
        assert self.page.evaluate("window.__canary") is None


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Callable[[int, str], BrowserContext]:
    """Give a context for a width and a scheme; they are kept, so that scripts are loaded and compiled once."""

    @cache
    def context(width: int, scheme: str) -> BrowserContext:
        return browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)

    return context


@pytest.fixture
def visit(contexts: Callable[[int, str], BrowserContext], served: Served) -> Iterator[Callable[..., Visitor]]:
    """Make a visitor; after the test, nothing forbidden may have happened."""
    made: list[Visitor] = []

    def visitor(*, width: int = 1280, scheme: str = "light", server: Served = served) -> Visitor:
        made.append(Visitor(contexts(width, scheme), server))
        return made[-1]

    yield visitor
    for one in made:
        one.assert_clean()
        one.page.evaluate("localStorage.clear()")
        one.page.close()

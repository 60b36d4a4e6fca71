"""A desk for the tests of pages: the arrays of constructed answers, and scenarios that are kept in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import numpy as np

from catalynx.errors import BadParameter, NotFound
from catalynx.lookups.planning import Planned
from catalynx.lookups.reweighing import kept_frames
from catalynx.rules import Applicant, Rules
from dashboards.answers import Answers
from dashboards.desk import KeptScenario, SignedDecision, Signing
from dashboards.wish import Wish
from dashboards.workspace_desk import KeptDesk, names_of

AT = datetime(2027, 2, 26, 12, 30, tzinfo=UTC)


class InMemory:
    """What people keep, for as long as the tests run."""

    def __init__(self, who: str) -> None:
        self._who, self._numbers = who, count(1)
        self.kept: dict[str, list[KeptScenario]] = {}
        self.decisions: list[SignedDecision] = []

    def scenarios(self) -> list[KeptScenario]:
        return sorted((versions[-1] for versions in self.kept.values()), key=lambda one: one.name)

    def keep(self, name: str, wish: Wish) -> KeptScenario:
        if any(one.name == name for one in self.scenarios()):
            raise BadParameter("name", name, "one that no other scenario has")
        made = KeptScenario(f"s{next(self._numbers)}", name, wish, self._who, AT, 1, shared=False)
        self.kept[made.scenario_id] = [made]
        return made

    def save(self, scenario: KeptScenario, wish: Wish) -> KeptScenario:
        return self._next(scenario, wish=wish)

    def undo(self, scenario: KeptScenario) -> KeptScenario:
        versions = self.kept[scenario.scenario_id]
        return self._next(scenario, wish=versions[max(0, len(versions) - 2)].wish)

    def share(self, scenario: KeptScenario, shared: bool) -> KeptScenario:
        return self._next(scenario, shared=shared)

    def sign(self, signing: Signing, wish: Wish, plan: Planned) -> SignedDecision:
        made = SignedDecision(
            f"d{next(self._numbers)}", signing.title, self._who, AT, signing.why, signing.dissent, plan.sentence
        )
        self.decisions.insert(0, made)
        return made

    def signed(self) -> list[SignedDecision]:
        return self.decisions

    def _next(self, scenario: KeptScenario, **changes: Any) -> KeptScenario:
        versions = self.kept.get(scenario.scenario_id)
        if versions is None:
            raise NotFound("scenario", scenario.name, "Somebody deleted it; keep what is tried as new.")
        if versions[-1].version != scenario.version:
            raise BadParameter("version", scenario.version, f"{versions[-1].version}: somebody changed it meanwhile")
        versions.append(replace(scenario, version=scenario.version + 1, **changes))
        return versions[-1]


def desk(answers: Answers, hours_per_month: float | None, store: InMemory) -> KeptDesk:
    rules = Rules(as_of=answers.today, hours_per_month=hours_per_month)
    kept = kept_frames(answers.candidates, answers.score_parts, answers.decisions, Applicant(), rules)
    # Constructed classes follow from scores alone.
    kept = replace(kept, ceilings=np.zeros_like(kept.ceilings))
    return KeptDesk(answers, kept, names_of(answers), store)

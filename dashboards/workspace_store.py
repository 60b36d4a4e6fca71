"""Scenarios and signed decisions of one profile in the records of a workspace, as the page Decisions asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalynx.decision.wish_reading import wish_of
from catalynx.decision.wishes import Wish
from catalynx.lookups.reweighing import kept_of, reweighed
from catalynx.what_if import WhatIf, sign
from dashboards.desk import KeptScenario, SignedDecision, Signing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from catalynx.lookups.planning import Planned
    from catalynx.records.scenarios import Scenario
    from catalynx.records.signing import SignedDecision as Signed
    from catalynx.records.store import Records
    from catalynx.workflows import Decided


@dataclass(frozen=True, slots=True, eq=False)
class WorkspaceStore:
    """What one person sees and keeps of one profile; a change is kept with its entry in the audit, or not at all.

    Attributes
    ----------
    viewer : whose unshared scenarios are seen; None sees all
    origin : from where they look, as the audit keeps it; None is unknown
    """

    records: Records
    decided: Decided
    by: str
    viewer: str | None
    origin: str | None = None

    def scenarios(self) -> Sequence[KeptScenario]:
        """Return the scenarios that this person may see, by name."""
        return [_kept(one) for one in self.records.list_scenarios(self._profile_id, viewer=self.viewer)]

    def keep(self, name: str, wish: Wish) -> KeptScenario:
        """Keep a wish as a new scenario."""
        return self._noted(
            "make scenario", lambda: self.records.create_scenario(self._profile_id, name, wish.plain(), by=self.by)
        )

    def save(self, scenario: KeptScenario, wish: Wish) -> KeptScenario:
        """Keep a wish in a scenario, if nobody changed it since it was read."""
        return self._noted(
            "change scenario",
            lambda: self.records.change_scenario(
                scenario.scenario_id, wish.plain(), expected_version=scenario.version, by=self.by, viewer=self.viewer
            ),
        )

    def undo(self, scenario: KeptScenario) -> KeptScenario:
        """Take the last change of a scenario back."""
        return self._noted(
            "undo scenario",
            lambda: self.records.undo_scenario(
                scenario.scenario_id, expected_version=scenario.version, by=self.by, viewer=self.viewer
            ),
        )

    def share(self, scenario: KeptScenario, shared: bool) -> KeptScenario:
        """Show a scenario to the team, or to its author alone."""
        return self._noted(
            "share scenario",
            lambda: self.records.share_scenario(scenario.scenario_id, shared, viewer=self.viewer),
            shared=shared,
        )

    def sign(self, signing: Signing, wish: Wish, plan: Planned) -> SignedDecision:
        """Keep a plan as decided, with the profile, rules and wish that it is made of."""
        ordered = reweighed(kept_of(self.decided), wish.factors, method=wish.method)
        found = WhatIf(self.decided, wish, ordered, plan, ())
        with self.records.together():
            signed = sign(
                self.records, found, title=signing.title, why=signing.why, dissent=signing.dissent, by=self.by
            )  # fmt: skip
            self._note("sign decision", {"signed_id": signed.signed_id, "version": signed.version})
        return _told(signed)

    def signed(self) -> Sequence[SignedDecision]:
        """Return what was decided, newest first."""
        return [_told(one) for one in self.records.list_signed(self._profile_id)]

    @property
    def _profile_id(self) -> str:
        return self.decided.profile.profile_id

    def _noted(self, action: str, change: Callable[[], Scenario], **more: object) -> KeptScenario:
        with self.records.together():
            kept = change()
            self._note(action, {"scenario_id": kept.scenario_id, "version": kept.version, **more})
        return _kept(kept)

    def _note(self, action: str, detail: Mapping[str, object]) -> None:
        self.records.audit(
            self.by, action, "profile", self._profile_id, detail={"via": "page", **detail}, origin=self.origin
        )  # fmt: skip


def _kept(one: Scenario) -> KeptScenario:
    return KeptScenario(
        one.scenario_id, one.name, wish_of(one.wish), one.changed_by, one.changed_at, one.version, shared=one.shared,
        made_by=one.author,
    )  # fmt: skip


def _told(one: Signed) -> SignedDecision:
    return SignedDecision(one.signed_id, one.title, one.signed_by, one.signed_at, one.why, one.dissent, one.holds)

"""Who changed what from the command line: every change of the records is kept with the audit's entry of it, as one.

A command does not have to remember it: the records that commands get write the entries themselves.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cached_property, wraps
from threading import local
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from catalynx.records.store import Records
from catalynx.workspace import Workspace

if TYPE_CHECKING:
    from catalynx.records.entries import DecisionSet, Job, Run, Tracked
    from catalynx.records.profile import Profile
    from catalynx.records.scenarios import Scenario
    from catalynx.records.signing import Outcome, SignedDecision

ORIGIN: Final = "command line"


class Told(NamedTuple):
    """What the audit is to hold of a change."""

    action: str
    target_kind: str
    target: str
    detail: Mapping[str, object]


def local_user() -> str:
    """Return the name of who sits at this machine."""
    return getpass.getuser()


def _profile(kept: Profile) -> Told:
    return Told("make profile" if kept.version == 1 else "change profile", "profile", kept.profile_id, {"version": kept.version})


def _imported(kept: Profile) -> Told:
    return Told("import profile", "profile", kept.profile_id, {"version": kept.version})


def _tracked(action: str) -> Callable[[Tracked], Told]:
    return lambda kept: Told(action, "profile", kept.profile_id, {"tracked_id": kept.tracked_id, "stage": kept.stage})


def _decided(kept: DecisionSet) -> Told:
    return Told("record decisions", "profile", kept.profile_id, {"set_id": kept.set_id})


def _scenario(action: str) -> Callable[[Scenario], Told]:
    return lambda kept: Told(
        action, "profile", kept.profile_id, {"scenario_id": kept.scenario_id, "version": kept.version, "shared": kept.shared}
    )


def _signed(kept: SignedDecision) -> Told:
    return Told("sign decision", "profile", kept.profile_id, {"signed_id": kept.signed_id, "version": kept.version})


def _became(kept: Outcome) -> Told:
    return Told("record outcome", "signed decision", kept.signed_id, {"position": kept.position})


def _cancelled(job: Job) -> Told:
    return Told("cancel job", "job", job.job_id, {"state": job.state})


def _run(run: Run) -> Told:
    detail = {"run_id": run.run_id, "state": run.state, "parts": len(run.outputs)}
    return Told(run.name, "lake", run.lake_version or "none", detail)


CHANGES: Final[dict[str, Callable[[Any], Told]]] = {
    "save_profile": _profile, "import_profile": _imported, "track": _tracked("follow candidate"),
    "move_stage": _tracked("move tracked"), "change_tracked": _tracked("change tracked"), "record_decisions": _decided,
    "create_scenario": _scenario("make scenario"), "change_scenario": _scenario("change scenario"),
    "undo_scenario": _scenario("undo scenario"), "rename_scenario": _scenario("rename scenario"),
    "share_scenario": _scenario("share scenario"), "delete_scenario": _scenario("delete scenario"),
    "clone_scenario": _scenario("clone scenario"), "sign_decision": _signed, "record_outcome": _became,
    "cancel_job": _cancelled, "finish_run": _run,
}  # fmt: skip
"""Method of the records that changes what people made → what the audit holds of it. Purges write their entry themselves."""


class NotedRecords(Records):
    """Records whose changes are noted as those of the local user."""

    def __init__(self, url: str) -> None:
        self._under_way = local()
        super().__init__(url)

    def note(self, told: Told) -> None:
        """Add an entry."""
        self.audit(local_user(), told.action, told.target_kind, told.target[:200], detail=told.detail, origin=ORIGIN)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of the block, with the entries of all its changes at its end, where they belong."""
        if self._told is not None:
            with super().together():
                yield
            return
        changes: list[Told] = []
        self._under_way.told = changes
        try:
            with super().together():
                yield
                for told in changes:
                    self.note(told)
        finally:
            self._under_way.told = None

    @contextmanager
    def one_change(self) -> Iterator[list[Told]]:
        """Give where a change is told; what is a part of another change is told nowhere."""
        is_part = getattr(self._under_way, "is_part", False)
        with self.together():
            self._under_way.is_part = True
            try:
                yield [] if is_part or self._told is None else self._told
            finally:
                self._under_way.is_part = is_part

    @property
    def _told(self) -> list[Told] | None:
        return getattr(self._under_way, "told", None)


def _noting(name: str, told_of: Callable[[Any], Told]) -> Callable[..., Any]:
    change: Callable[..., Any] = getattr(Records, name)

    @wraps(change)
    def noted(self: NotedRecords, *arguments: Any, **named: Any) -> Any:
        with self.one_change() as told:
            changed = change(self, *arguments, **named)
            told.append(told_of(changed))
            return changed

    return noted


for _name, _told_of in CHANGES.items():
    setattr(NotedRecords, _name, _noting(_name, _told_of))


class NotedWorkspace(Workspace):
    """A workspace as the command line has it: what is changed in it stands in the audit."""

    @cached_property
    def records(self) -> NotedRecords:
        """Profiles, tracked opportunities, decisions and runs."""
        self.settings.home.mkdir(parents=True, exist_ok=True)
        return NotedRecords(self.settings.records_url)

    def set_as_of(self, day: date | None) -> None:
        """Set the day that everything is judged for, and note it."""
        with self.changing("set day", "workspace", "as_of", {"day": day and day.isoformat()}):
            super().set_as_of(day)

    @contextmanager
    def changing(self, action: str, target_kind: str, target: str, detail: Mapping[str, object]) -> Iterator[None]:
        """Note a change beside the records, such as one of the lake, which is made in the block: not without its entry.

        The entry is kept when the block has ended well. Between the two a power cut can leave a change without one.
        """
        with self.records.together():
            self.records.note(Told(action, target_kind, target, detail))
            yield

"""What the page Decisions keeps: each change with its entry in the audit, by whom and from where, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalynx import workflows
from catalynx.decision.wishes import Member, Wish
from catalynx.errors import Conflict, NotFound, RecordsError
from catalynx.settings import load_settings
from catalynx.what_if import what_if
from dashboards.decision_scenarios import ScenarioBar
from dashboards.desk import Signing
from dashboards.workspace_store import WorkspaceStore

STAFF = Wish(staff=(Member("grant writer", 40.0), Member("director", 20.0)))
FROM = "192.0.2.7"


@pytest.fixture(scope="module")
def found(sample_home: Path, tmp_path_factory: pytest.TempPathFactory, copy_home: Callable[[Path, Path], Path]) -> Iterator[Any]:
    """What comes of a wish for the museum of the demonstration, in a workspace of its own."""
    home = copy_home(sample_home, tmp_path_factory.mktemp("pages") / "home")
    with workflows.Workspace(load_settings(home=home)) as workspace:
        yield workspace.records, what_if(workspace, workspace.records.find_profile("shelburne"), STAFF)


@pytest.fixture
def store(found: Any) -> WorkspaceStore:
    """What ada sees and keeps."""
    records, tried = found
    return WorkspaceStore(records, tried.decided, "ada", "ada", FROM)


def changes(store: WorkspaceStore, tried: Any) -> dict[str, Callable[[], Any]]:
    """What the audit calls it → a change that succeeds, each on what only that test has."""
    kept = store.keep(f"To change {len(store.scenarios())}", Wish(risk=0.1))
    changed = store.save(kept, Wish(risk=0.2))
    return {
        "make scenario": lambda: store.keep(f"New {len(store.scenarios())}", STAFF),
        "change scenario": lambda: store.save(changed, Wish(risk=0.3)),
        "undo scenario": lambda: store.undo(changed),
        "share scenario": lambda: store.share(changed, True),
        "sign decision": lambda: store.sign(Signing("Spring", "Two deadlines.", ""), STAFF, tried.planned),
    }


@pytest.mark.parametrize("action", ["make scenario", "change scenario", "undo scenario", "share scenario", "sign decision"])
def test_a_change_of_a_page_is_kept_with_its_entry_or_not_at_all(
    found: Any, store: WorkspaceStore, everything: Callable, without_audit: Callable, action: str
) -> None:
    records, tried = found
    change = changes(store, tried)[action]
    before, last = everything(records), records.audit_head().sequence
    with without_audit(records), pytest.raises(RecordsError):
        change()
    assert everything(records) == before
    change()
    (entry,) = records.list_audit(after=last)
    assert (entry.actor, entry.action, entry.target_kind, entry.origin, entry.allowed) == ("ada", action, "profile", FROM, True)
    assert entry.detail["via"] == "page"
    assert entry.detail["version"] >= 1


def test_what_is_refused_leaves_no_entry(found: Any, store: WorkspaceStore) -> None:
    records, tried = found
    kept = store.keep("Ours", STAFF)
    store.share(kept, True)
    bob = WorkspaceStore(records, tried.decided, "bob", "bob")
    bob.save(kept, Wish(risk=0.4))
    last = records.audit_head().sequence
    with pytest.raises(Conflict):
        store.save(kept, Wish(risk=0.9))
    with pytest.raises(NotFound):
        bob.share(kept, False)
    assert records.audit_head().sequence == last


def test_two_that_have_one_name_both_stand_in_the_list(
    found: Any, store: WorkspaceStore, beside: Callable[[Coroutine[Any, Any, Any]], Any]
) -> None:
    records, tried = found
    bob = WorkspaceStore(records, tried.decided, "bob", "bob")
    for one in (store, bob):
        one.share(one.keep("The same name", STAFF), True)
    bob.keep("Bob's alone", STAFF)
    bar = ScenarioBar(lambda wish: None, lambda: None, lambda: None, may_change=True)
    beside(bar.know(store, "", ""))
    assert {"The same name of ada", "The same name of bob"} <= set(bar.current.options)
    assert not any("Bob's alone" in label for label in bar.current.options)

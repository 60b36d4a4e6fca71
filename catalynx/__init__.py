"""Catalynx: the open workbench for grant research.

::

    import catalynx as cx

    workspace = cx.open_workspace()                 # CATALYNX_HOME, or ~/catalynx
    profile = workspace.records.find_profile("shelburne")
    decided = cx.decide(workspace, profile)
    decided.decisions                               # a frame, best first, with reasons

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_FACE = {
    "Applicant": "catalynx.rules",
    "CatalynxError": "catalynx.errors",
    "Decided": "catalynx.workflows",
    "Rules": "catalynx.rules",
    "Settings": "catalynx.settings",
    "Workspace": "catalynx.workflows",
    "data_facts": "catalynx.workflows",
    "decide": "catalynx.workflows",
    "discover": "catalynx.workflows",
    "evidence": "catalynx.lookups.evidence",
    "explain": "catalynx.lookups.explanation",
    "finances": "catalynx.lookups.finances",
    "ingest": "catalynx.workflows",
    "likelihoods_of": "catalynx.lookups.likelihood",
    "load_settings": "catalynx.settings",
    "make_profile": "catalynx.records.profile",
    "network": "catalynx.lookups.network",
    "open_workspace": "catalynx.workflows",
    "paths": "catalynx.lookups.paths",
    "profile_from_lake": "catalynx.workflows",
    "read_frames": "catalynx.sources",
    "record": "catalynx.workflows",
    "risks": "catalynx.lookups.risks",
    "run_report": "catalynx.reports",
    "score": "catalynx.workflows",
    "table": "catalynx.columns",
}

__all__ = ["__version__", *sorted(_FACE)]

if TYPE_CHECKING:
    from catalynx.columns import table
    from catalynx.errors import CatalynxError
    from catalynx.lookups.evidence import evidence
    from catalynx.lookups.explanation import explain
    from catalynx.lookups.finances import finances
    from catalynx.lookups.likelihood import likelihoods_of
    from catalynx.lookups.network import network
    from catalynx.lookups.paths import paths
    from catalynx.lookups.risks import risks
    from catalynx.records.profile import make_profile
    from catalynx.reports import run_report
    from catalynx.rules import Applicant, Rules
    from catalynx.settings import Settings, load_settings
    from catalynx.sources import read_frames
    from catalynx.workflows import (
        Decided,
        Workspace,
        data_facts,
        decide,
        discover,
        ingest,
        open_workspace,
        profile_from_lake,
        record,
        score,
    )


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'catalynx' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module(_FACE[name]), name)


def __dir__() -> list[str]:
    return __all__

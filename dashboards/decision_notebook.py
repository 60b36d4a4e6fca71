"""The notebook that gives with calls what is seen on the page Decisions."""

from __future__ import annotations

from pprint import pformat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dashboards.wish import Wish


def view_notebook(profile_id: str, wish: Wish) -> dict[str, Any]:
    """Return a notebook, as JSON holds it, that opens the workspace and makes order and plan of a wish anew."""
    cells = [
        ("markdown", "# Decisions as they were tried\n\nMade by the page Decisions; it opens the workspace of CATALYNX_HOME."),
        ("code", "import catalynx as cx\nfrom catalynx.decision.wish_reading import wish_of\n"
                 "from catalynx.figures.gantt import gantt\n"
                 "from catalynx.lookups.certainty import certainty\nfrom catalynx.lookups.reweighing import kept_of\n"
                 "from catalynx.what_if import what_if\n\n"
                 f"profile_id = {profile_id!r}\n# What is otherwise than usual: nothing where it is empty.\n"
                 f"wish = wish_of({pformat(wish.plain(), sort_dicts=False, width=110)})"),
        ("code", "workspace = cx.open_workspace()\nfound = what_if(workspace, workspace.records.get_profile(profile_id), wish)\n"
                 "decisions = found.decided.decisions\n"
                 'told = decisions[["candidate_id", "name", "deadline", "ask_usd"]]\n'
                 'told.merge(found.ordered, on="candidate_id").sort_values("rank").head(20)'),
        ("code", 'names = dict(zip(decisions["candidate_id"], decisions["name"], strict=True))\n'
                 "sure = certainty(kept_of(found.decided), names, wish.factors, method=wish.method)\nprint(sure.sentence)"),
        ("code", "print(found.planned.sentence)\nfound.planned.applications"),
        ("code", "gantt(found.planned.bars, found.decided.rules.as_of)"),
    ]  # fmt: skip
    return {
        "cells": [
            {"cell_type": kind, "id": f"view-{place:02}", "metadata": {}, "source": text.splitlines(keepends=True),
             **({"outputs": [], "execution_count": None} if kind == "code" else {})}
            for place, (kind, text) in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                     "language_info": {"name": "python"}},
        "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip

"""The notebook that gives with calls what is seen on the page Decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dashboards.wish import Wish


def view_notebook(profile_id: str, wish: Wish) -> dict[str, Any]:
    """Return a notebook, as JSON holds it, that opens the workspace and makes order and plan of a wish anew."""
    staff = "None" if wish.staff is None else _lines([(one.who, one.hours, one.joins, one.leaves) for one in wish.staff])
    cells = [
        ("markdown", "# Decisions as they were tried\n\nMade by the page Decisions; it opens the workspace of CATALYNX_HOME."),
        ("code", "import datetime\n\nimport catalynx as cx\nfrom catalynx.decision.portfolio import Limits, Risk\n"
                 "from catalynx.figures.gantt import gantt\nfrom catalynx.lookups.certainty import certainty\n"
                 "from catalynx.lookups.planning import applications_of, members_of, planned\n"
                 "from catalynx.lookups.reweighing import kept_of, reweighed\n\n"
                 f"profile_id = {profile_id!r}\nmethod = {wish.method!r}\n"
                 f"factors = {dict(wish.factors)!r}  # times the usual weight\n"
                 f"staff = {staff}  # who, hours a month, first day, gone from; None: as the profile says\n"
                 f"must, must_not = {tuple(wish.must)!r}, {tuple(wish.must_not)!r}\n"
                 f"aim, caution, assumed_chance = {wish.aim!r}, {wish.risk!r}, {wish.assumed!r}"),
        ("code", "workspace = cx.open_workspace()\ndecided = cx.decide(workspace, workspace.records.get_profile(profile_id))\n"
                 "kept = kept_of(decided)\nordered = reweighed(kept, factors, method=method)\n"
                 'decided.decisions[["candidate_id", "name", "deadline", "ask_usd"]].merge(ordered, on="candidate_id")'
                 '.sort_values("rank").head(20)'),
        ("code", 'names = dict(zip(decided.decisions["candidate_id"], decided.decisions["name"], strict=True))\n'
                 "sure = certainty(kept, names, factors, method=method)\nprint(sure.sentence)"),
        ("code", "applications = applications_of(decided.candidates, decided.decisions, ordered, must=must, "
                 "assumed_chance=assumed_chance)\n"
                 'hours = decided.rules.hours_per_month\nusual = [] if hours is None else [("everybody", hours, None, None)]\n'
                 "known = {one.candidate_id for one in applications}\n"
                 "limits = Limits(must=must, must_not=tuple(one for one in must_not if one in known), "
                 'risk=Risk(weight=caution if aim == "usd" else 0.0))\n'
                 "members = members_of(usual if staff is None else staff)\n"
                 "plan = planned(applications, members, limits, as_of=decided.rules.as_of, aim=aim)\n"
                 "print(plan.sentence)\nplan.applications"),
        ("code", "gantt(plan.bars, decided.rules.as_of)"),
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


def _lines(values: list[tuple[Any, ...]]) -> str:
    return "[\n" + "".join(f"    {one!r},\n" for one in values) + "]"

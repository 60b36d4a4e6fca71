"""Constructed applications and staff for the tests of plans."""

from __future__ import annotations

from datetime import date

import numpy as np

from catalynx.decision.portfolio import Application, Limits, Member, Plan, plan

AS_OF = date(2024, 1, 1)
WRITER = [Member("writer", 40)]


def application(name: str, points: float | None = 10, hours: float | None = 40, **more: object) -> Application:
    return Application(name, f"constructed {name}", points=points, hours={"writer": hours}, **more)  # type: ignore[arg-type]


def planned(
    applications: list[Application], staff: list[Member] | None = None, limits: Limits | None = None, **more: object
) -> Plan:
    settings: dict[str, object] = {"as_of": AS_OF, "months": 3, "gap": 0.0, **more}
    return plan(applications, staff or WRITER, limits, **settings)  # type: ignore[arg-type]


def many(count: int, seed: int = 0) -> list[Application]:
    chance = np.random.default_rng(seed)
    return [
        Application(
            f"c{one:04}", f"constructed {one}", funder=f"F{one % 40}", track=("foundation", "federal")[one % 2],
            value_usd=float(chance.integers(5, 200) * 1000), chance=float(chance.uniform(0.05, 0.6)), points=float(chance.uniform(30, 95)),
            hours={"writer": float(chance.integers(10, 80)), "finance": float(chance.integers(2, 30))},
            deadline=date(2024, int(chance.integers(1, 13)), 15),
        )
        for one in range(count)
    ]  # fmt: skip


STAFF = [Member("writer", 150), Member("finance", 50)]

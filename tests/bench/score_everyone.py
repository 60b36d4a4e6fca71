"""10,000 profiles against 120,000 funders, the best 50 of each, against one profile at a time with numpy.

All values are generated, none is data. A profile is of one of 51 states, 26 fields and 10 sizes of ask, and has one of 40 kinds of
missions; a funder has a value for each class, a fifth of them unknown, and one for what does not depend on who asks. Both give the same
scores, which is checked. Memory is the largest that the process held.
"""

from __future__ import annotations

import resource
import time

PROFILES, FUNDERS, TOP, PEER_PROFILES = 10_000, 120_000, 50, 60
CLASSES = {"geography": (51, 0.18), "field": (26, 0.13), "size": (10, 0.12), "mission": (40, 0.28), "behaviour": (1, 0.29)}


def run() -> list[dict[str, object]]:
    """Return a row for the time, and one for the memory."""
    import numpy as np

    from catalynx.scoring.everyone import best_for_everyone

    chance = np.random.default_rng(7)
    values = np.concatenate([chance.random((count, FUNDERS), dtype=np.float32) ** 2 for count, _ in CLASSES.values()])
    values[chance.random(values.shape, dtype=np.float32) < 0.2] = np.nan
    chosen = [chance.integers(0, count, PROFILES) for count, _ in CLASSES.values()]
    starts = np.cumsum([0, *(count for count, _ in CLASSES.values())])
    classes = np.zeros((PROFILES, len(values)), dtype=np.float32)
    for place, start, (_, weight) in zip(chosen, starts, CLASSES.values(), strict=False):
        classes[np.arange(PROFILES), start + place] = weight
    started = time.perf_counter()
    best = best_for_everyone(classes, values, top=TOP)
    ours = time.perf_counter() - started
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    started = time.perf_counter()
    for number in range(PEER_PROFILES):
        asked = np.flatnonzero(classes[number])
        known = ~np.isnan(values[asked])
        weights = classes[number, asked, None] * known
        with np.errstate(invalid="ignore"):
            score = np.nansum(values[asked] * weights, axis=0) / weights.sum(axis=0)
        top = np.sort(score[~np.isnan(score)])[::-1][:TOP]
        np.testing.assert_allclose(best.scores[number], top, atol=1e-5)
    peer = (time.perf_counter() - started) * PROFILES / PEER_PROFILES
    name = f"{PROFILES:,} generated profiles against {FUNDERS:,} funders, best {TOP} each"
    return [
        {"name": f"{name} (peer: one at a time, from {PEER_PROFILES})", "ours": ours, "peer": peer, "unit": "s", "ratio": peer / ours,
         "target": "<= 60 s", "ok": ours <= 60},
        {"name": f"{name}: memory", "ours": held, "peer": None, "unit": "GB", "ratio": None, "target": "<= 2 GB", "ok": held <= 2},
    ]  # fmt: skip

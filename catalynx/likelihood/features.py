"""What is known of a pair of recipient and funder at an origin, as columns of numbers; missing is NaN."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from catalynx.likelihood import cofunding, popularity, texts, titles
from catalynx.likelihood.kinds import kinds_of

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    from catalynx.likelihood.world import History

RIDGE = 50.0
BLOCK = 500
TOGETHER = ("state", "ntee_major", "kind_of_both")
"""Attributes that say different things: only their lifts are added up."""
INGREDIENTS = {
    "popularity": ("new_", "faded", "since_", "age", "trend", "gifts_per_pair", "warm_share", "active_"),
    "co-funding": ("knn", "ease", "conditional", "held_", "kin_"),
    "text": ("words", "near_", "odds", "purposes", "similarity", "bm25"),
    "place": ("state",),
    "field and kind": ("ntee_major", "kind", "word_kind", "told_field"),
    "size": ("usd_", "amount"),
    "recipient's history": ("its_",),
}
"""What a feature belongs to, by the start of its name: to leave one out and see what it is worth."""


@dataclass(frozen=True)
class Knowledge:
    """Everything that features are made of, counted once from what was on record at the origin."""

    history: History

    @cached_property
    def texts(self) -> texts.Texts:
        """Weighed words."""
        return texts.weigh(self.history)

    @cached_property
    def ease(self) -> np.ndarray:
        """Weights of EASE."""
        return cofunding.ease(self.history.seen, ridge=RIDGE)

    @cached_property
    def ease_recent(self) -> np.ndarray:
        """Weights of EASE on pairs that count less the older they are."""
        return cofunding.ease(self.history.recent, ridge=RIDGE / 2)

    @cached_property
    def nearest(self) -> np.ndarray:
        """Cosines of funders."""
        return cofunding.nearest_funders(self.history.seen)

    @cached_property
    def conditional(self) -> np.ndarray:
        """How much likelier one funder is when the other is there."""
        return cofunding.conditional(self.history.seen)

    @cached_property
    def papers(self) -> titles.Papers:
        """Words of recipients against what funders say of themselves."""
        return titles.bm25(self.history)

    @cached_property
    def alike(self) -> np.ndarray:
        """Cosines of what funders say of themselves."""
        return titles.alike(self.history)

    @cached_property
    def told_fields(self) -> tuple[np.ndarray, np.ndarray]:
        """Fields × funders: the log of how much likelier a field is among a funder's recipients, and its newcomers of late."""
        import numpy as np

        history, fields = self.history, self.fields
        overall = np.asarray(fields[history.funders_of > 0].mean(axis=0)).ravel() + 1e-9
        counts = (history.recent.T @ fields).toarray()
        shares = (counts + popularity.SMOOTHING * overall) / (counts.sum(axis=1, keepdims=True) + popularity.SMOOTHING)
        late = history.matrix(np.exp2(-(history.origin - history.pairs["first"].to_numpy()) / 2.0))
        return (shares / overall).T, (late.T @ fields).toarray().T

    @cached_property
    def fields(self) -> csr_matrix:
        """Recipients × fields: what names tell, or one field of all."""
        import numpy as np
        from scipy.sparse import csr_matrix

        fields = self.history.world.fields
        return csr_matrix(np.ones((self.history.shape[0], 1))) if fields is None else fields

    @cached_property
    def known(self) -> np.ndarray:
        """Row numbers of recipients on record, at most ``texts.MOST_NEIGHBOURS``, those with the latest gifts."""
        import numpy as np

        last = self.history.pairs.groupby("recipient")["last"].max()
        kept = last.sort_values(ascending=False, kind="stable").index[: texts.MOST_NEIGHBOURS]
        return np.sort(kept.to_numpy())

    @cached_property
    def attributes(self) -> dict[str, np.ndarray]:
        """Codes of state, field, kind and kind of name of every recipient, -1 where unknown."""
        import pandas as pd

        recipients = self.history.world.recipients
        columns = {name: recipients[name] for name in ("state", "ntee_major", "kind")}
        columns["word_kind"] = kinds_of(recipients["name"])
        columns["kind_of_both"] = columns["kind"].fillna("").astype(str) + "|" + columns["word_kind"].fillna("").astype(str)
        return {name: pd.Categorical(column).codes.astype("int64") for name, column in columns.items()}

    @cached_property
    def tables(self) -> dict[str, np.ndarray]:
        """Attribute → its values × funders."""
        return {name: popularity.by_attribute(self.history, codes) for name, codes in self.attributes.items()}

    @cached_property
    def tables_late(self) -> dict[str, np.ndarray]:
        """The same with a short memory."""
        return {
            name: popularity.by_attribute(self.history, codes, half_life_years=2.0) for name, codes in self.attributes.items()
        }

    @cached_property
    def of_funders(self) -> dict[str, np.ndarray]:
        """One number a funder."""
        import numpy as np
        import pandas as pd

        history, pairs = self.history, self.history.pairs
        new = {years: popularity.newcomers_within(history, years) for years in popularity.SPANS}
        count = history.shape[1]

        def over(values: pd.Series, how: str) -> np.ndarray:
            return values.groupby(pairs["funder"].to_numpy()).agg(how).reindex(range(count)).to_numpy(dtype=np.float64)

        first, last = over(pairs["first"], "min"), over(pairs["last"], "max")
        arrivals = history.newcomers.groupby("funder")["year"].max().reindex(range(count)).to_numpy(dtype=np.float64)
        warm = popularity.newcomers_within(history, 5, warm=True)
        columns = {f"new_{years}": np.log1p(values) for years, values in new.items()}
        columns |= {
            "faded": np.log1p(popularity.faded_newcomers(history)),
            "new_warm_5": np.log1p(warm),
            "new_warm_2": np.log1p(popularity.newcomers_within(history, 2, warm=True)),
            "new_cold_3": np.log1p(popularity.newcomers_within(history, 3, warm=False)),
            "new_cold_1": np.log1p(popularity.newcomers_within(history, 1, warm=False)),
            "since_gift": np.minimum(history.origin - last, 10),
            "since_two_years": (history.origin - last >= 2).astype(np.float64),
            "since_new": np.minimum(history.origin - arrivals, 10),
            "age": history.origin - first,
            "trend": np.log((new[2] + 1) / (new[5] - new[2] + 1)),
            "warm_share": (warm + 1) / (new[5] + 4),
            "gifts_per_pair": over(pairs["gifts"], "mean"),
            "active_pairs": np.log1p(np.asarray(history.recent.sum(axis=0)).ravel()),
        }
        columns["usd_funder"] = np.log10(over(pairs["usd"].where(pairs["usd"] > 0), "median"))
        return columns

    @cached_property
    def of_recipients(self) -> dict[str, np.ndarray]:
        """One number a recipient, NaN for the cold ones where it says nothing."""
        import numpy as np

        history, pairs = self.history, self.history.pairs
        grouped = pairs.groupby("recipient")
        late = pairs[pairs["first"] > history.origin - 5].groupby("recipient").size()
        names = history.world.recipients["name"].fillna("").astype(str)
        paid = history.gifts["amount_usd"].fillna(0).clip(lower=0)

        def whole(values: object, fill: float = np.nan) -> np.ndarray:
            return values.reindex(range(history.shape[0]), fill_value=fill).to_numpy(dtype=np.float64)  # type: ignore[attr-defined]

        return {
            "its_funders": history.funders_of.astype(np.float64),
            "its_gifts": np.log1p(whole(grouped["gifts"].sum(), 0)),
            "its_since_last": history.origin - whole(grouped["last"].max()),
            "its_since_first": history.origin - whole(grouped["first"].min()),
            "its_new_5": whole(late, 0),
            "its_usd": np.log1p(whole(history.gifts.assign(usd=paid).groupby("recipient")["usd"].sum(), 0)),
            "its_name_words": (names.str.count(" ") + 1).to_numpy(dtype=np.float64),
            "usd_its": np.log10(
                whole(pairs.assign(usd=pairs["usd"].where(pairs["usd"] > 0)).groupby("recipient")["usd"].median())
            ),
        }

    def scores(self, recipients: np.ndarray, *, held: csr_matrix | None = None) -> dict[str, np.ndarray]:
        """Return what is known of each pair, recipients × funders, by name.

        Parameters
        ----------
        held : pairs that count as on record for these recipients, when they are others than those of the history
        """
        import numpy as np

        history = self.history
        seen = history.seen[recipients] if held is None else held
        recent = history.recent[recipients] if held is None else held
        columns: dict[str, np.ndarray] = {
            "held_pairs": np.broadcast_to(np.diff(seen.indptr).astype(np.float64)[:, None], (len(recipients), history.shape[1])),
            "knn": seen @ self.nearest,
            "ease": seen @ self.ease,
            "ease_recent": recent @ self.ease_recent,
            "conditional": seen @ self.conditional,
            "held_conditional_recent": recent @ self.conditional,
            "kin_held": seen @ self.alike,
            "kin_recent": recent @ self.alike,
        }
        columns |= self._text_scores(recipients)
        prior = np.log(popularity.faded_newcomers(history) + 0.1)[None, :]
        sum_of_lifts = np.zeros((len(recipients), history.shape[1]))
        for name, codes in self.attributes.items():
            if codes.max(initial=-1) < 0:
                continue
            value = codes[recipients]
            known = (value >= 0)[:, None]
            lifts = popularity.lift(self.tables[name])[value]
            if name in TOGETHER:
                sum_of_lifts += np.where(known, lifts, 0)
            columns[f"{name}_lift"] = np.where(known, lifts, np.nan)
            columns[f"{name}_count"] = np.where(known, np.log1p(self.tables[name][value]), np.nan)
            columns[f"{name}_late"] = np.where(known, np.log1p(self.tables_late[name][value]), np.nan)
            columns[f"{name}_lift_late"] = np.where(known, popularity.lift(self.tables_late[name])[value], np.nan)
        columns["new_prior"] = prior + sum_of_lifts
        share = np.exp(prior) / np.exp(prior).sum()
        columns["kind_log"] = np.log(np.expm1(columns["kind_of_both_late"]) + 0.5 * share)
        for name in ("near_few", "near_many", "near_place", "near_purposes"):
            columns[f"{name}_log"] = np.log(columns[name] + 0.05 * share)
        lifts, late = self.told_fields
        fields = self.fields[recipients]
        columns["told_field_odds"] = np.log(fields @ lifts)
        columns["told_field_late"] = np.log(fields @ late + 0.5 * share)
        columns["new_prior_odds"] = prior + 0.3 * columns["odds"]
        columns["new_prior_both"] = prior + sum_of_lifts + 0.3 * columns["odds"] + (columns["conditional"] if seen.nnz else 0)
        columns["usd_gap"] = self.of_recipients["usd_its"][recipients][:, None] - self.of_funders["usd_funder"][None, :]
        return columns

    def _text_scores(self, recipients: np.ndarray) -> dict[str, np.ndarray]:
        import numpy as np

        words, history = self.texts, self.history
        place = np.full(history.shape[0], -1)
        place[self.known] = np.arange(len(self.known))
        columns = {
            "words": (words.names[recipients] @ words.funders.T).toarray(),
            "purposes": (words.full[recipients] @ words.funders_full.T).toarray(),
            "odds": words.names[recipients] @ words.odds,
            "bm25": self.papers.score(recipients),
        }
        found: list[list[np.ndarray]] = []
        recent = history.recent[self.known]
        for start in range(0, len(recipients), BLOCK):
            rows = recipients[start : start + BLOCK]
            by_name = texts.nearest(words.names[rows], words.names[self.known], recent, place[rows], counts=(10, 100))
            by_place = texts.nearest(words.placed[rows], words.placed[self.known], recent, place[rows], counts=(150,))
            found.append([*by_name, *by_place, *texts.nearest(words.full[rows], words.full[self.known], recent, place[rows])])
        for at, name in enumerate(("near_few", "near_many", "near_place", "near_purposes")):
            columns[name] = np.vstack([block[at] for block in found])
        return columns


RANKED = ("ease", "conditional", "near_many", "near_place", "near_purposes", "new_prior", "new_prior_both", "words", "knn")


def table(
    knowledge: Knowledge, recipients: np.ndarray, candidates: np.ndarray, *, held: csr_matrix | None = None
) -> tuple[np.ndarray, list[str]]:
    """Return recipients × candidates × features, as float32, and the features' names."""
    import numpy as np

    pair = {name: values[:, candidates] for name, values in knowledge.scores(recipients, held=held).items()}
    shape = (len(recipients), len(candidates))
    for name in RANKED:
        order = np.argsort(np.argsort(-pair[name], axis=1, kind="stable"), axis=1, kind="stable")
        pair[f"{name}_rank"] = order.astype(np.float64)
        best = pair[name].max(axis=1, keepdims=True)
        pair[f"{name}_behind"] = best - pair[name]
    for name, values in knowledge.of_funders.items():
        pair[name] = np.broadcast_to(values[candidates], shape)
        if name in ("faded", "new_1", "new_warm_5", "new_cold_3"):
            pair[f"{name}_share"] = pair[name] - pair[name].max()
    for name, values in knowledge.of_recipients.items():
        pair[name] = np.broadcast_to(values[recipients][:, None], shape)
    names = sorted(pair)
    cube = np.empty((*shape, len(names)), dtype=np.float32)
    for place, name in enumerate(names):
        cube[:, :, place] = pair[name]
    return cube, names

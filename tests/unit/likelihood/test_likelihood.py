"""What features, rankers and chances may depend on: nothing after the origin, not the order of rows, not the run."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from catalynx.errors import BadParameter, MissingColumns
from catalynx.likelihood.boosting import fit_boosted
from catalynx.likelihood.chances import chances_of, fit_chances, platt, shift_to
from catalynx.likelihood.choice import fit_choice
from catalynx.likelihood.cofunding import conditional, ease, nearest_funders
from catalynx.likelihood.features import INGREDIENTS, Knowledge, table
from catalynx.likelihood.intervals import Spread
from catalynx.likelihood.kinds import kinds_of
from catalynx.likelihood.lessons import Lesson, earlier_questions, lesson, revealed_half, sample_of_known
from catalynx.likelihood.ranker import fit_ranker
from catalynx.likelihood.splitting import Question
from catalynx.likelihood.world import World, make_world

WORDS = ("MUSEUM", "COLLEGE", "LIBRARY", "HOSPITAL", "THEATER", "SCHOOL")


def constructed_world(*, later: bool = True, shuffled: bool = False) -> World:
    """120 invented recipients of six kinds, of which six invented funders each favour two, 1990 to 2009."""
    generator = np.random.default_rng(11)
    recipients = pd.DataFrame({"recipient": [f"R{place:03}" for place in range(120)]})
    kind = np.arange(120) % 6
    recipients["name"] = [f"{WORDS[kind[place]]} NUMBER{chr(65 + place % 26)}" for place in range(120)]
    recipients["place"] = [f"state0{'VT' if place % 2 else 'NH'}" for place in range(120)]
    recipients["state"] = ["VT" if place % 2 else "NH" for place in range(120)]
    recipients["ntee_major"], recipients["kind"] = None, [WORDS[one] for one in kind]
    funders = pd.DataFrame({"funder": [f"F{place}" for place in range(6)], "name": "Fund", "text": "grants", "last_year": 2009})
    gifts = []
    for year in range(1990, 2010):
        for funder in range(6):
            for recipient in generator.choice(120, 8, replace=False):
                if kind[recipient] in (funder, (funder + 1) % 6) or generator.random() < 0.1:
                    gifts.append((f"R{recipient:03}", f"F{funder}", year, 1000.0 * (1 + funder), f"for {WORDS[kind[recipient]]}"))
    frame = pd.DataFrame(gifts, columns=["recipient", "funder", "year", "amount_usd", "text"])
    if not later:
        frame = frame[frame["year"] <= 2004]
    if shuffled:
        frame, recipients, funders = (one.sample(frac=1, random_state=3) for one in (frame, recipients, funders))
    return make_world(frame, recipients, funders)


@pytest.fixture(scope="module")
def world() -> World:
    return constructed_world()


@pytest.fixture(scope="module")
def lessons(world: World) -> list[Lesson]:
    question = Question(world, 2004, 5)
    return [lesson(one, one.warm, Knowledge(one.history)) for one in earlier_questions(question, most=3)]


def features_at(world: World, origin: int, *, recipients: int = 40) -> np.ndarray:
    return table(Knowledge(world.until(origin)), np.arange(recipients), np.arange(6))[0]


def test_nothing_after_the_origin_changes_a_feature(world: World) -> None:
    assert np.array_equal(features_at(world, 2004), features_at(constructed_world(later=False), 2004), equal_nan=True)
    assert not np.array_equal(features_at(world, 2004), features_at(world, 2005), equal_nan=True)


def test_nothing_after_the_origin_changes_a_score(world: World) -> None:
    scores = []
    for one in (world, constructed_world(later=False)):
        question = Question(one, 2004, 5)
        learned = [lesson(old, old.warm, Knowledge(old.history)) for old in earlier_questions(question, most=2)]
        asked = np.flatnonzero(question.history.funders_of > 0)[:30]
        now = lesson(Question(one, 2004, 5, covered_only=False), asked, Knowledge(question.history))
        scores.append(fit_ranker(learned, cold=False).score(now.features, now.open))
    assert np.array_equal(scores[0], scores[1])


def test_lessons_end_at_the_origin_or_before(world: World) -> None:
    found = earlier_questions(Question(world, 2004, 5), most=4)
    assert [one.origin for one in found] == [1999, 1998, 1997, 1996]
    assert all(one.origin + one.window <= 2004 for one in found)


def test_the_order_of_rows_changes_nothing(world: World) -> None:
    other = constructed_world(shuffled=True)
    assert other.gifts.equals(world.gifts)
    assert other.recipients.equals(world.recipients)
    assert np.array_equal(features_at(world, 2004), features_at(other, 2004), equal_nan=True)


def test_one_recipient_alone_has_the_features_it_has_among_all(world: World) -> None:
    knowledge = Knowledge(world.until(2004))
    alone, _ = table(knowledge, np.array([7]), np.arange(6))
    among, _ = table(knowledge, np.arange(20), np.arange(6))
    assert np.allclose(alone[0], among[7], equal_nan=True, rtol=1e-6)


def test_learning_again_gives_the_same_bytes(lessons: list[Lesson]) -> None:
    first, second = (fit_ranker(lessons, cold=False) for _ in range(2))
    assert pickle.dumps(first) == pickle.dumps(second)


def test_learning_does_not_depend_on_the_number_of_threads(lessons: list[Lesson]) -> None:
    from threadpoolctl import threadpool_limits

    scores = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            scores.append(fit_ranker(lessons, cold=False).score(lessons[0].features, lessons[0].open))
    assert np.array_equal(scores[0], scores[1])


def test_a_question_counts_only_pairs_never_seen(world: World) -> None:
    question = Question(world, 2004, 5)
    assert question.answers.multiply(question.history.seen).nnz == 0
    assert set(question.warm).isdisjoint(question.cold)
    assert (question.history.funders_of[question.cold] == 0).all()


def test_a_funder_whose_record_ends_in_the_window_is_no_candidate(world: World) -> None:
    ended = World(world.recipients, world.funders.assign(last_year=[2009, 2009, 2006, 2009, 2009, 2009]), world.gifts)
    assert Question(ended, 2004, 5).candidates.tolist() == [0, 1, 3, 4, 5]
    assert Question(ended, 2004, 5, covered_only=False).candidates.tolist() == [0, 1, 2, 3, 4, 5]
    some = lesson(Question(ended, 2004, 5), np.arange(10), Knowledge(ended.until(2004)))
    assert not some.counts[:, 2].any()
    assert some.open[:, 2].any()
    assert Question(ended, 2004, 5).unrankable > 0


def test_the_ranker_finds_what_the_funders_favour(world: World, lessons: list[Lesson]) -> None:
    question = Question(world, 2004, 5)
    now = lesson(question, question.warm, Knowledge(question.history))
    scores = np.where(now.counts, fit_ranker(lessons, cold=False).score(now.features, now.open), -np.inf)
    best = scores.argmax(axis=1)
    assert now.labels[np.arange(len(best)), best].mean() > 2 * now.labels[now.counts].mean()


def test_leaving_an_ingredient_out_leaves_its_features_out(lessons: list[Lesson]) -> None:
    whole, less = fit_ranker(lessons, cold=False), fit_ranker(lessons, cold=False, without="text")
    lost = {lessons[0].names[place] for place in set(whole.columns) - set(less.columns)}
    assert lost
    assert all(name.startswith(INGREDIENTS["text"]) for name in lost)


def test_every_feature_belongs_to_an_ingredient(lessons: list[Lesson]) -> None:
    starts = tuple(start for starts in INGREDIENTS.values() for start in starts)
    assert [name for name in lessons[0].names if not name.startswith(starts)] == []


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(BadParameter, match="lessons"):
        fit_ranker([], cold=True)


def test_a_world_needs_its_columns(world: World) -> None:
    with pytest.raises(MissingColumns, match="amount_usd"):
        make_world(world.gifts.drop(columns="amount_usd"), world.recipients, world.funders)


def test_half_of_the_new_pairs_is_revealed_and_no_other(world: World) -> None:
    question = Question(world, 1995, 5)
    asked = question.asked
    held = revealed_half(question, asked)
    came = question.answers[asked][:, question.candidates].getnnz(axis=1)
    assert held.getnnz(axis=1).tolist() == (came // 2).tolist()
    assert held.multiply(question.answers[asked]).nnz == held.nnz
    assert (revealed_half(question, asked, draw=1) != held).nnz > 0


def test_a_sample_stands_for_all(world: World) -> None:
    question = Question(world, 1999, 5)
    recipients, weight = sample_of_known(question, len(question.warm) + 5)
    assert set(question.warm) <= set(recipients)
    assert weight.sum() == pytest.approx(len(question.known))


def test_ease_is_the_closed_form_of_steck() -> None:
    from scipy.sparse import csr_matrix

    pairs = csr_matrix(np.array([[1.0, 1, 0], [1, 0, 1], [1, 1, 1], [0, 1, 0]]))
    inverse = np.linalg.inv(pairs.T @ pairs.toarray() + 2 * np.eye(3))
    expected = np.eye(3) - inverse / np.diag(inverse)
    assert ease(pairs, ridge=2.0) == pytest.approx(expected)
    # Two of three recipients of the first funder have the second, which has three: cosine 2 / 3.
    assert nearest_funders(pairs)[0, 1] == pytest.approx(2 / 3)
    # Of three recipients of the first funder two have the second, smoothed by 3 at the overall rate (3 + .5) / 5 = .7.
    assert conditional(pairs)[0, 1] == pytest.approx(np.log((2 + 3 * 0.7) / (3 + 3)) - np.log(0.7))


def test_a_choice_finds_the_weights_it_was_made_with() -> None:
    generator = np.random.default_rng(2)
    features = generator.normal(size=(3000 * 5, 2))
    group = np.repeat(np.arange(3000), 5)
    worth = (features @ [1.5, -0.5] + generator.gumbel(size=len(features))).reshape(3000, 5)
    chosen = (worth == worth.max(axis=1, keepdims=True)).ravel()
    found = fit_choice(features, chosen, group, ridge=1e-6)
    assert found.weights / found.spread == pytest.approx([1.5, -0.5], abs=0.08)


def test_platt_sets_levels_right() -> None:
    generator = np.random.default_rng(3)
    scores = generator.normal(size=20000)
    came = generator.random(20000) < 1 / (1 + np.exp(-(-2 + 0.7 * scores)))
    offset, slopes = platt(np.column_stack([scores, np.ones(20000)]), came, np.ones(20000))
    assert (offset, slopes[0]) == pytest.approx((-2, 0.7), abs=0.08)
    assert slopes[1] == 0.0, "what does not vary says nothing"


def test_platt_tells_a_score_from_size() -> None:
    generator = np.random.default_rng(4)
    terms = generator.normal(size=(20000, 2)) * (1, 20) + (0, 100)
    came = generator.random(20000) < 1 / (1 + np.exp(-(-6 + 0.7 * terms[:, 0] + 0.04 * terms[:, 1])))
    offset, slopes = platt(terms, came, np.ones(20000))
    assert (offset, *slopes) == pytest.approx((-6, 0.7, 0.04), rel=0.15)


def test_chances_meet_the_volume_and_stay_chances(lessons: list[Lesson]) -> None:
    odds = np.linspace(-8, 2, 500)
    assert chances_of(odds + shift_to(odds, 30.0)).sum() == pytest.approx(30.0)
    model = fit_chances(lessons[1:], lessons[:1])
    rows, came, _ = lessons[0].rows(only_asked=False)
    chance = chances_of(model.log_odds(rows))
    assert ((chance > 0) & (chance < 1)).all()
    assert chance.mean() == pytest.approx(came.mean(), rel=0.02)


def test_the_interval_of_a_count_holds_nine_of_ten() -> None:
    generator = np.random.default_rng(5)
    spread = Spread(0.3)
    expected = np.full(5000, 20.0)
    observed = generator.poisson(expected * generator.gamma(1 / 0.3, 0.3, 5000))
    assert 0.88 < spread.holds(expected, observed).mean() < 0.95
    low, high = spread.factors()
    assert 0 < low < 1 < high


def test_constant_and_unknown_features_are_no_columns() -> None:
    features = np.column_stack([np.full(400, np.nan), np.ones(400), np.arange(400)])
    assert fit_boosted(features, np.arange(400) > 200).columns.tolist() == [2]


def test_kinds_are_told_by_words() -> None:
    names = pd.Series(["YALE UNIVERSITY", "FLEMING MUSEUM ART", "BAPTIST TOWERS PROJ NO KY36M000124", "OXFAM", None])
    assert kinds_of(names).fillna("").tolist() == ["college", "museum", "numbered", "", ""]

"""Mined pairs, their margins and thresholds, against the whole matrix and by hand."""

import itertools

import pytest
import torch

from tests.alignment.sentences import gaussian, mining_rows
from waystation.alignment import mining
from waystation.alignment.mining import Candidate
from waystation.alignment.nearest import nearest
from waystation.base.errors import UserError
from waystation.data import examples


def brute_force(x, y, k):
    """The whole matrix: best margin among the k nearest, both ways, then greedily."""
    similarity = torch.nn.functional.normalize(x) @ torch.nn.functional.normalize(y).T
    rows, columns = similarity.topk(k, 1), similarity.topk(k, 0)
    margin = similarity / ((rows.values.mean(1)[:, None] + columns.values.mean(0)[None]) / 2)
    proposed = []
    for i in range(len(x)):
        proposed.append(max((float(margin[i, j]), i, int(j)) for j in rows.indices[i]))
    for j in range(len(y)):
        proposed.append(max((float(margin[i, j]), int(i), j) for i in columns.indices[:, j]))
    found = []
    for score, i, j in sorted(proposed, reverse=True):
        if all(i != a and j != b for (a, b), _ in found):
            found.append(((i, j), score))
    return found


@pytest.mark.parametrize("cells", [1, 7**2, 40 * 53, 2**24])
def test_mining_in_tiles_equals_the_whole_matrix(cells):
    x = gaussian(0, 40, 6)
    y = torch.cat([x[:25] + 0.3 * gaussian(1, 25, 6), gaussian(2, 28, 6)])
    expected = brute_force(x, y, 4)
    found = mining.candidates(nearest(x, y, 4, cells=cells))
    assert [c.pair for c in found] == [pair for pair, _ in expected]
    assert [c.score for c in found] == pytest.approx([score for _, score in expected], rel=1e-5)


def test_pools_smaller_than_the_neighbourhood():
    x = gaussian(0, 2, 6)
    assert {c.pair for c in mining.candidates(nearest(x, x.flip(0), 4))} == {(0, 1), (1, 0)}
    assert [c.pair for c in mining.candidates(nearest(x[:1], x, 4))] == [(0, 0)]


def test_margins_worked_by_hand():
    """k = 1; cosines [[1, .6], [.8, 0]]. Row means 1, .8; column means 1, .6.

    Proposals: (0, 0) 1/1, (1, 0) .8/.9; from the columns (0, 0) again and (0, 1) .6/.8.
    """
    x = torch.tensor([[1.0, 0.0], [0.8, -0.6]])
    y = torch.tensor([[1.0, 0.0], [0.6, 0.8]])
    found = mining.candidates(nearest(x, y, 1))
    assert [c.pair for c in found] == [(0, 0)]  # 0 and 0 are taken: the others lose a side
    assert found[0].score == pytest.approx(1)
    proposed = mining.one_to_one(
        torch.tensor([0, 1, 1]), torch.tensor([0, 0, 1]), torch.tensor([0.9, 1.2, 0.7])
    )
    assert [(c.pair, round(c.score, 3)) for c in proposed] == [((1, 0), 1.2)]


def found(*scores):
    """Candidates (0, 0), (1, 1), ... with these scores."""
    return [Candidate((i, i), score) for i, score in enumerate(scores)]


def test_the_threshold_of_the_development_split_is_applied_to_the_test_split():
    """Development: right, right, wrong, right, wrong; 4 gold pairs. F1 after 2 is 4/6, after 4
    6/8: best; halfway between 1.1 and 1.0. Test: three reach 1.05, two of them right, of 5."""
    gold = {(0, 0), (1, 1), (3, 3), (9, 9)}
    threshold = mining.best_threshold(found(1.5, 1.4, 1.2, 1.1, 1.0), gold)
    assert threshold == pytest.approx(1.05)
    gold = {(0, 0), (2, 2), (3, 3), (4, 4), (5, 5)}
    told = mining.score(found(2.0, 1.3, 1.06, 1.04, 0.9), gold, threshold)
    assert told["precision_percent"] == pytest.approx(200 / 3)
    assert told["recall_percent"] == pytest.approx(40)
    assert told["f1_percent"] == pytest.approx(50)


def test_thresholds_at_the_edges():
    assert mining.best_threshold(found(1.3, 1.2), {(0, 0), (1, 1)}) == 1.2  # all are taken
    assert mining.best_threshold(found(1.3, 1.2), {(5, 6)}) == 0  # none is right
    assert mining.score(found(1.3, 1.2), {(0, 0), (1, 1)}, 1.2)["f1_percent"] == 100
    # No threshold parts equal scores: parting them would promise 2/3 and give 2/5.
    assert mining.best_threshold(found(1.3, 1.3, 1.3, 1.2), {(0, 0), (3, 3)}) == 1.2
    nothing = mining.score(found(1.0), {(0, 0)}, 2.0)
    assert set(nothing.values()) == {0}


def test_chance_of_mining_is_the_mean_over_all_one_to_one_pairs():
    gold = {(0, 0), (2, 3)}
    scores = [
        mining.score([Candidate(pair, 1.0) for pair in enumerate(order)], gold, 0.0)["f1_percent"]
        for order in itertools.permutations(range(4), 3)
    ]
    assert mining.chance(2, 3, 4) == pytest.approx(sum(scores) / len(scores))
    assert mining.chance(2, 4, 3) == mining.chance(2, 3, 4)


def test_a_repeated_text_is_one_of_its_pool_and_never_proposed(tmp_path):
    file = tmp_path / "x.jsonl"
    examples.write(file, mining_rows({"a": "A", "b": "B"}, ["a", "c"], ["D"]))
    pools = mining.read_pools(file)
    assert pools.rows == {"foreign": 4, "english": 3}
    assert list(pools.texts["foreign"]) == ["a", "b", "c"]
    assert pools.gold == {("x-0", "en-0"), ("x-1", "en-1")}
    named = pools.named([Candidate((0, 0), 1.2), Candidate((1, 1), 1.1)])
    assert named == [Candidate(("x-1", "en-1"), 1.1)]


def test_a_gold_pair_without_its_row_is_named(tmp_path):
    rows = mining_rows({"a": "A", "b": "B"}, [], [])
    examples.write(tmp_path / "x.jsonl", rows[:-1])
    with pytest.raises(UserError, match="no english row 'en-1'"):
        mining.read_pools(tmp_path / "x.jsonl")

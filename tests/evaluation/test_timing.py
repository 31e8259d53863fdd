"""How the benchmark measures: its order, every cell once a round, and its arithmetic."""

import time
from types import SimpleNamespace

import pytest

from waystation.evaluation import timing


def cells(recipes, languages=("en", "de", "fr")):
    rows = [SimpleNamespace(task=SimpleNamespace(name="xnli"), language=code) for code in languages]
    return [
        SimpleNamespace(target="mnli", recipe=recipe, rows=one)
        for recipe in recipes
        for one in rows
    ]


def test_every_round_measures_every_cell_once_and_keeps_a_language_together():
    every = cells("abcd")
    for number in range(5):
        order = timing.drawn(every, number)
        assert sorted(map(id, order)) == sorted(map(id, every))
        codes = [cell.rows.language for cell in order]
        assert all(len(set(codes[i : i + 4])) == 1 for i in range(0, 12, 4))
        assert order == timing.drawn(every, number)


def test_no_recipe_is_always_the_first_nor_always_behind_the_same():
    orders = [[c.recipe for c in timing.drawn(cells("abcd", ["en"]), n)] for n in range(30)]
    assert {order[0] for order in orders} == set("abcd")
    assert {order[order.index("a") - 1] for order in orders if order[0] != "a"} == set("bcd")


def test_percentiles_are_nearest_rank():
    values = [float(v) for v in range(1, 101)]
    assert [timing.percentile(values, p) for p in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert timing.percentile([3.0], 99) == 3.0


def test_throughput_counts_every_pass():
    """Two passes of 10 examples and 200 tokens in 0.1 and 0.3 s."""
    speed = timing.throughput(10, 200, [0.1, 0.3])
    assert speed["examples_per_sec"] == pytest.approx(50)
    assert speed["tokens_per_sec"] == pytest.approx(1000)
    assert speed["throughput_n"] == 2


def test_the_clock_reads_a_known_sleep():
    assert timing.seconds(lambda: time.sleep(0.05)) == pytest.approx(0.05, abs=0.04)

"""Comparisons of recipes from runs whose speeds are known."""

import numpy as np
import pytest

from waystation.comparison.blocks import Blocks, Outcome
from waystation.comparison.decisions import EQUAL, SLOWER
from waystation.inference import compare
from waystation.inference.compare import Compared
from waystation.params.schema import Server

NOTHING = Outcome({}, Blocks([]), "the budget of time was reached")


class Simulated(Compared):
    """Runs without a process; `slow`: how much longer each recipe takes."""

    slow = {"none": 1.0, "same": 1.0, "mnli": 1.1}

    def fresh(self, recipe, job):
        draw = self.__dict__.setdefault("draw", np.random.default_rng(0))
        return [
            {
                "task": "mlqa",
                "language": language,
                "latencies_ms": list(30 * self.slow[recipe] * np.exp(draw.normal(0, 0.01, 24))),
                "examples_per_sec": 30 / self.slow[recipe] * np.exp(draw.normal(0, 0.01)),
                "tokens_per_sec": 6000 / self.slow[recipe],
                "single_model_percent": 90.0,
            }
            for language in ("en", "de")
        ]


@pytest.fixture
def measured(tmp_path):
    compared = Simulated("nano", "squad_v1", dict.fromkeys(Simulated.slow), tmp_path)
    return compared.measured(0.03, 1e9)


def test_every_recipe_language_and_measure_has_a_verdict(measured):
    rows = measured["comparisons"]
    assert len(rows) == 2 * 3 * 2  # but for the base: recipes, languages and their mean, measures
    assert {row["verdict"] for row in rows if row["recipe"] == "same"} == {EQUAL}
    assert {row["verdict"] for row in rows if row["recipe"] == "mnli"} == {SLOWER}
    for row in rows:
        assert row["low"] < row["ratio"] < row["high"]
        assert row["ratio"] == pytest.approx(1 / Simulated.slow[row["recipe"]], rel=0.02)
        assert (row["base"], row["task"], row["model"]) == ("none", "mlqa", "nano")
    assert measured["ended"][0]["why"] == "all comparisons are decided"
    assert measured["notes"] == measured["servers"] == []


def test_the_mean_over_languages_is_of_logarithms():
    entry = {"task": "mlqa", "latencies_ms": [2.0]}
    runs = [entry | {"language": code, "examples_per_sec": speed} for code, speed in
            (("en", 4.0), ("de", 9.0))]  # fmt: skip
    assert compare.speeds(runs)["mlqa mean throughput"] == pytest.approx(6.0)
    assert "mlqa mean latency" not in compare.speeds(runs[:1])


def test_cells_pool_the_latencies_of_all_runs(measured):
    cells = {(cell["recipe"], cell["language"]): cell for cell in measured["cells"]}
    assert len(cells) == 3 * 2
    none = cells["none", "de"]
    assert none["latency_n"] == 24 * none["throughput_n"] >= 24 * 12
    assert none["latency_p50_ms"] == pytest.approx(30, rel=0.01)
    assert none["latency_p50_ms"] < none["latency_p90_ms"] < none["latency_p95_ms"] < 32
    assert "latency_p99_ms" not in none  # 288 latencies do not bound it
    assert none["single_model_percent"] == 90


def test_nearest_ranks_by_hand():
    found = compare.percentiles([float(n) for n in range(1000, 0, -1)])
    assert [found[f"latency_p{p}_ms"] for p in (50, 90, 95, 99)] == [500, 900, 950, 990]


def test_a_server_has_what_the_comparisons_leave(tmp_path, monkeypatch):
    compared = Simulated("nano", "squad_v1", dict.fromkeys(Simulated.slow), tmp_path)
    given, told = [], Server(bound_ms=20, steps=5)
    monkeypatch.setattr(compared, "arriving", lambda server, left: given.append(left) or [{}])
    monkeypatch.setattr(compare, "measure", lambda *told: given.append(told[-1]) or NOTHING)
    assert compared.measured(0.03, 100.0, told)["servers"] == [{}]
    assert given[0] == pytest.approx(60, abs=1)
    assert given[1] == pytest.approx(100, abs=1)


def test_without_time_for_a_block_nothing_is_claimed(tmp_path):
    compared = Simulated("nano", "squad_v1", dict.fromkeys(Simulated.slow), tmp_path)
    measured = compared.measured(0.03, -1.0)
    assert (measured["cells"], measured["comparisons"]) == ([], [])
    assert "no block was measured" in measured["notes"][0]["note"]

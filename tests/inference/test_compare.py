"""Comparisons of recipes from runs whose speeds are known."""

from dataclasses import dataclass

import numpy as np
import pytest

from waystation.comparison.blocks import Blocks, Outcome
from waystation.comparison.decisions import EQUAL, FASTER, LOSES, SLOWER
from waystation.inference import compare
from waystation.inference.compare import Compared
from waystation.params.benchmark import Server

NOTHING = Outcome({}, Blocks([]), "the budget of time was reached")


@dataclass(frozen=True)
class Asked:
    """What a simulated run is asked for."""

    recipe: str = "none"
    backend: str = "unpadded"
    scoring: bool = False


class Simulated(Compared):
    """Runs without a process; how much longer each system takes, and what it scores."""

    slow = {"none": 1.0, "same": 1.0, "mnli": 1.1, "openvino-int8": 0.8, "transformers": 1.2}
    percent = {
        "unpadded": (80.0, 70.0),
        "openvino-int8": (79.9, 69.0),
        "transformers": (80.0, 70.0),
    }

    def fresh(self, job):
        languages = ("en", "de")
        if job.scoring:
            return [
                {"task": "mlqa", "language": code, "score_percent": score}
                for code, score in zip(languages, Simulated.percent[job.backend], strict=True)
            ]
        slow = self.slow[job.recipe if job.backend == "unpadded" else job.backend]
        draw = self.__dict__.setdefault("draw", np.random.default_rng(0))
        return [
            {
                "task": "mlqa",
                "language": language,
                "latencies_ms": list(30 * slow * np.exp(draw.normal(0, 0.01, 24))),
                "examples_per_sec": 30 / slow * np.exp(draw.normal(0, 0.01)),
                "tokens_per_sec": 6000 / slow,
                "single_model_percent": 90.0,
            }
            for language in languages
        ]


def recipes(folder):
    jobs = {recipe: Asked(recipe) for recipe in ("none", "same", "mnli")}
    return Simulated("nano", "squad_v1", jobs, folder)


@pytest.fixture
def measured(tmp_path):
    return recipes(tmp_path).measured(0.03, 1e9)


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


def test_an_engine_is_compared_with_its_score_and_not_called_faster_where_that_falls(tmp_path):
    backends = ("unpadded", "openvino-int8", "transformers")
    compared = Simulated("nano", "squad_v1", {b: Asked(backend=b) for b in backends}, tmp_path)
    rows = compared.measured(0.03, 1e9)["comparisons"]
    assert {(row["recipe"], row["base"], row["base_backend"]) for row in rows} == {
        ("none", "none", "unpadded")
    }
    said = {(row["backend"], row["language"]): row["verdict"] for row in rows}
    assert said == {
        ("openvino-int8", "en"): FASTER,
        ("openvino-int8", "de"): LOSES,  # 69 of 70 is below 99 %
        ("openvino-int8", "mean"): FASTER,  # 74.45 of 75
        ("transformers", "en"): SLOWER,
        ("transformers", "de"): SLOWER,
        ("transformers", "mean"): SLOWER,
    }
    german = next(row for row in rows if row["language"] == "de")
    assert (german["score_percent"], german["base_score_percent"]) == (69.0, 70.0)


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
    compared = recipes(tmp_path)
    given, told = [], Server(bound_ms=20, steps=5)
    monkeypatch.setattr(compared, "arriving", lambda server, left: given.append(left) or [{}])
    monkeypatch.setattr(compare, "measure", lambda *told: given.append(told[-1]) or NOTHING)
    assert compared.measured(0.03, 100.0, told)["servers"] == [{}]
    assert given[0] == pytest.approx(60, abs=1)
    assert given[1] == pytest.approx(100, abs=1)


def test_without_time_for_a_block_nothing_is_claimed(tmp_path):
    measured = recipes(tmp_path).measured(0.03, -1.0)
    assert (measured["cells"], measured["comparisons"]) == ([], [])
    assert "no block was measured" in measured["notes"][0]["note"]

"""The highest rate of a server whose truth is known."""

import pytest

from waystation.inference import loadgen, rates
from waystation.params.benchmark import Server


@pytest.fixture
def queue(monkeypatch):
    """A server that answers in 10 ms, whose p99 grows as that of a queue does."""
    asked = []

    def simulated(answer, samples, queries, rate):
        asked.append((queries, rate))
        return {"latency_p99_ms": 10 / max(1e-9, 1 - rate / 100)}

    monkeypatch.setattr(loadgen, "server", simulated)
    return asked


def test_the_highest_rate_that_holds_the_bound_is_found(queue):
    found = rates.highest(lambda places: None, 5, 10.0, Server(bound_ms=40.0, steps=8), 1e6)
    assert found["queries_per_sec"] == pytest.approx(75, abs=100 / 2**8)
    assert found["alone_per_sec"] == 100
    assert {queries for queries, _ in queue} == {459}  # what the 99th percentile takes
    held = [one for one in found["tried"] if one["latency_p99_ms"] <= 40]
    assert max(one["queries_per_sec"] for one in held) == found["queries_per_sec"]


def test_a_bound_that_no_rate_holds_gives_no_rate(queue):
    found = rates.highest(lambda places: None, 5, 10.0, Server(bound_ms=5.0, steps=4), 1e6)
    assert found["queries_per_sec"] is None
    assert len(found["tried"]) == 4


def test_no_rate_is_tried_whose_queries_take_longer_than_is_left(queue):
    server = Server(bound_ms=40.0, steps=8)
    assert rates.highest(lambda places: None, 5, 10.0, server, 9.0)["tried"] == []  # 459 at 50/s
    assert len(rates.highest(lambda places: None, 5, 10.0, server, 9.5)["tried"]) == 8

"""The load generator reads a clock right, and a stall where it is."""

import time

import pytest

from waystation.base.errors import UserError
from waystation.inference import loadgen


def sleeper(sec, stalls=()):
    """An answer that takes a known time, or a longer one at some calls."""
    calls = []

    def answer(places):
        calls.append(list(places))
        time.sleep(0.2 if len(calls) in stalls else sec * len(places))

    answer.calls = calls
    return answer


def test_a_known_sleep_reads_right():
    found = loadgen.single_stream(sleeper(0.01), 20, 50)
    assert found["latency_n"] == 50
    assert found["latency_p50_ms"] == pytest.approx(10, rel=0.1)
    assert 9 < found["latency_p90_ms"] < 20
    assert loadgen.offline(sleeper(0.005), 20)["examples_per_sec"] == pytest.approx(200, rel=0.1)


def test_a_percentile_takes_enough_queries():
    """All of n queries lie below the percentile p with the chance p^n: at most 1 in 100."""
    assert [loadgen.needed(p) for p in (50, 90, 95, 99)] == [7, 44, 90, 459]
    assert set(loadgen.single_stream(sleeper(0.001), 5, 44)) == {
        "latency_p50_ms",
        "latency_p90_ms",
        "latency_n",
    }


def test_a_stall_shows_in_the_99th_percentile_and_not_in_the_median():
    stalls = range(1, 500, 80)  # seven of 500
    steady, stalled = (
        loadgen.single_stream(sleeper(0.001, places), 5, 500) for places in ((), stalls)
    )
    assert stalled["latency_p99_ms"] > 100 > 20 > steady["latency_p99_ms"]
    assert stalled["latency_p50_ms"] < 1.5 * steady["latency_p50_ms"]


def test_queries_that_arrive_while_one_is_answered_wait():
    """At nine tenths of what a server can do the latency is far above the time of an answer."""
    slow, busy = (loadgen.server(sleeper(0.01), 20, 200, rate) for rate in (5.0, 90.0))
    assert slow["latency_p90_ms"] < 25
    assert busy["latency_p90_ms"] > 1.5 * slow["latency_p90_ms"]
    assert busy["offered_queries_per_sec"] == pytest.approx(90, rel=0.3)


def test_two_systems_are_asked_the_same_in_the_same_order():
    first, second = sleeper(0), sleeper(0)
    for answer in (first, second):
        loadgen.single_stream(answer, 10, 30)
    assert first.calls == second.calls
    assert len({call[0] for call in first.calls}) > 5


def test_an_offline_query_asks_every_sample_once():
    answer = sleeper(0)
    loadgen.offline(answer, 12)
    assert sorted(answer.calls[0]) == list(range(12))


def test_what_fails_in_a_query_is_told():
    def broken(places):
        raise UserError("no model")

    with pytest.raises(UserError, match="no model"):
        loadgen.single_stream(broken, 5, 10)

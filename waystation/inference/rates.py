"""How many queries a second a model answers in time, when queries arrive at random."""

import time

from waystation.inference import loadgen
from waystation.inference.loadgen import Answer, needed
from waystation.params.benchmark import Server

PERCENT = 99  # of the queries have to be answered within the bound


def highest(
    answer: Answer, samples: int, alone_ms: float, server: Server, budget_sec: float
) -> dict:
    """The highest rate of arrival whose 99th percentile holds the bound, by halving.

    No rate is tried whose queries would arrive after `budget_sec`; fewer steps tell less.

    alone_ms: the median latency of a single stream. No server answers more than 1000 / alone_ms
    queries a second one after another: the search lies below. `queries_per_sec` is None where no
    rate that was tried holds the bound; `tried` has every rate with its percentile.
    """
    low, high, tried, began = 0.0, 1000 / alone_ms, [], time.monotonic()
    for _ in range(server.steps):
        rate = (low + high) / 2
        if time.monotonic() - began + needed(PERCENT) / rate > budget_sec:
            break
        found = loadgen.server(answer, samples, needed(PERCENT), rate)
        latency = found[f"latency_p{PERCENT}_ms"]
        tried.append({"queries_per_sec": rate, f"latency_p{PERCENT}_ms": latency})
        low, high = (rate, high) if latency <= server.bound_ms else (low, rate)
    return {
        "bound_ms": server.bound_ms,
        "queries_per_sec": low or None,
        "alone_per_sec": 1000 / alone_ms,
        "queries": needed(PERCENT),
        "tried": tried,
    }

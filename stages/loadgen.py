"""The clock of the benchmark: time calls, and summarise the times."""

import math
import time
from collections.abc import Callable


def seconds(call: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def percentile(values: list[float], percent: float) -> float:
    """Nearest rank: the smallest value that `percent` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def latency(times: list[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds, with their n."""
    told = {f"latency_p{p}_ms": 1000 * percentile(times, p) for p in (50, 95, 99)}
    return told | {"latency_n": len(times)}


def throughput(examples: int, tokens: int, times: list[float]) -> dict[str, float]:
    """Examples and real tokens (no padding) per second over passes of `examples` examples each."""
    total = sum(times)
    return {
        "examples_per_sec": examples * len(times) / total,
        "tokens_per_sec": tokens * len(times) / total,
        "throughput_n": len(times),
    }

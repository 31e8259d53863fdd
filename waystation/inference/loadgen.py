"""MLPerf's scenarios, driven by MLCommons' load generator (Reddi et al. 2020, arXiv 1911.02549).

- single stream: the next query starts when the last one has ended; latencies.
- offline: all samples in one query; samples a second.
- server: queries arrive by a Poisson process, whether or not the last one has ended; a latency runs
  from the scheduled arrival.

The generator draws the samples: two systems that are given the same seed answer the same samples in
the same order. The numbers are read from its own detail log.
"""

import json
import math
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from waystation.base.errors import UserError

SEED = 1
CONFIDENCE = 0.99  # with which a number of queries bounds a percentile, as in early stopping
PERCENTILES = (50, 90, 95, 99)
# The name in the detail log of each percentile's latency.
LOGGED = {percent: f"result_{percent}.00_percentile_latency_ns" for percent in PERCENTILES}

Answer = Callable[[Sequence[int]], Any]


def single_stream(answer: Answer, samples: int, queries: int) -> dict[str, float]:
    """Latencies of `queries` queries of one sample each."""
    lg = generator()
    settings = lg.TestSettings()
    settings.scenario = lg.TestScenario.SingleStream
    settings.min_query_count = settings.max_query_count = queries
    return latencies(run(answer, samples, settings), queries)


def offline(answer: Answer, samples: int) -> dict[str, float]:
    """Samples a second of one query with all samples."""
    lg = generator()
    settings = lg.TestSettings()
    settings.scenario = lg.TestScenario.Offline
    settings.min_query_count, settings.offline_expected_qps = samples, 1
    logged = run(answer, samples, settings)
    return {"examples_per_sec": logged["result_samples_per_second"]}


def server(answer: Answer, samples: int, queries: int, rate: float) -> dict[str, float]:
    """Latencies from the scheduled arrival, at `rate` queries a second."""
    lg = generator()
    settings = lg.TestSettings()
    settings.scenario = lg.TestScenario.Server
    settings.min_query_count = settings.max_query_count = queries
    settings.server_target_qps = rate
    logged = run(answer, samples, settings)
    return latencies(logged, queries) | {
        "offered_queries_per_sec": logged["result_scheduled_samples_per_sec"],
        "completed_queries_per_sec": logged["result_completed_samples_per_sec"],
    }


def latencies(logged: dict[str, float], queries: int) -> dict[str, float]:
    """The percentiles that so many queries support, in milliseconds, and their number."""
    supported = [percent for percent in PERCENTILES if queries >= needed(percent)]
    found = {f"latency_p{percent}_ms": logged[LOGGED[percent]] / 1e6 for percent in supported}
    return found | {"latency_n": queries}


def needed(percent: float) -> int:
    """How many queries bound a percentile: all of so many lie below it by a chance of 1 %."""
    return math.ceil(math.log(1 - CONFIDENCE) / math.log(percent / 100))


def generator() -> Any:
    """The load generator's module; a line says how to install it."""
    try:
        import mlperf_loadgen
    except ImportError:
        raise UserError(
            "the load generator is not installed: pip install mlcommons-loadgen"
        ) from None
    return mlperf_loadgen


def run(answer: Answer, samples: int, settings: Any) -> dict[str, float]:
    """Have the generator ask `answer` by these settings; what its detail log says, by key."""
    lg = generator()
    settings.mode = lg.TestMode.PerformanceOnly
    settings.min_duration_ms = settings.max_duration_ms = 0
    settings.qsl_rng_seed = settings.sample_index_rng_seed = settings.schedule_rng_seed = SEED
    failed: list[BaseException] = []

    def issue(queries: list) -> None:
        try:
            if not failed:
                answer([query.index for query in queries])
        except BaseException as problem:  # the generator's thread must not die of it
            failed.append(problem)
        lg.QuerySamplesComplete([lg.QuerySampleResponse(query.id, 0, 0) for query in queries])

    system = lg.ConstructSUT(issue, lambda: None)
    library = lg.ConstructQSL(samples, samples, lambda _: None, lambda _: None)
    try:
        with tempfile.TemporaryDirectory() as folder:
            logs, out = lg.LogSettings(), lg.LogOutputSettings()
            out.outdir, out.copy_summary_to_stdout = folder, False
            logs.log_output, logs.enable_trace = out, False
            lg.StartTestWithLogSettings(system, library, settings, logs)
            logged = read_log(Path(folder, "mlperf_log_detail.txt"))
    finally:
        lg.DestroyQSL(library)
        lg.DestroySUT(system)
    if failed:
        raise failed[0]
    return logged


def read_log(file: Path) -> dict[str, Any]:
    """{key: value} of the detail log; a line each, JSON behind a mark."""
    entries = [json.loads(line.partition(" ")[2]) for line in file.read_text().splitlines()]
    return {entry["key"]: entry["value"] for entry in entries}

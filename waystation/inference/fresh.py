"""One run of one model, in a process of its own.

A fresh process has its own memory and caches: what two runs share cannot make them differ.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from waystation.base.errors import UserError
from waystation.base.process import end_with_parent
from waystation.data.examples import read_description
from waystation.data.token_lengths import lengths
from waystation.encoder import device
from waystation.encoder.features import inference_batches
from waystation.encoder.tokenizer import read_tokenizer
from waystation.evaluation import selection
from waystation.evaluation.rows import Predictor, Reader, Rows, main_score, read_rows, score_rows
from waystation.files import write_json
from waystation.grid.plans import InputLengths
from waystation.inference import loadgen, rates
from waystation.inference.backends import Workbench, with_backend
from waystation.inference.served import PARTS, Served
from waystation.languages import ENGLISH
from waystation.params.benchmark import Server
from waystation.params.schema import Evaluate
from waystation.task_model import TaskModel, read_model


@dataclass(frozen=True)
class Asked:
    """How much one run asks of each task and language; `queries` of the single stream. A run that
    is scored asks `scored` rows instead."""

    rows: int
    queries: int
    warmup: int
    scored: int


@dataclass(frozen=True)
class Job:
    """One model, the engine that runs it, and the tasks and languages that it is asked.

    `engines`: a folder for the engine's files, which later runs take from there. `scoring`: the
    answers' scores are told instead of their time. With `server` only the first of `sets` is asked,
    at rates of arrival instead of one by one.
    """

    recipe: str
    backend: str
    engines: Path
    tasks: Path
    encoder: Path
    model: Path
    target: str
    sets: tuple[tuple[str, str], ...]
    lengths: InputLengths
    asked: Asked
    evaluate: Evaluate
    file: str
    threads: int
    device: str
    precision: str
    scoring: bool = False
    server: Server | None = None
    server_sec: float = 0.0  # in which the rates are to be tried


def run(job: Job, out: Path) -> None:
    """Measure and write; what a user can mend is written too, for the parent to say."""
    end_with_parent()
    try:
        write_json(out, measured(job))
    except UserError as problem:
        write_json(out, {"error": str(problem)})
        sys.exit(1)


def measured(job: Job) -> list[dict]:
    """Of each task and language the latencies of a single stream and the rate of one offline query,
    with the time of their parts; or the scores, or the rates of arrival."""
    device.use(job)
    reader = Reader(job.tasks, read_tokenizer(job.encoder), job.lengths)
    predictor = Predictor(served_model(job, reader), job.target, job.evaluate)
    sets = job.sets[: 1 if job.server else None]
    names = [{"task": task, "language": language} for task, language in sets]
    if job.scoring:
        found = [scored(rows_of(job, reader, *one, job.asked.scored), predictor) for one in sets]
    else:
        warmed = [warm(job, reader, predictor, *one) for one in sets]
        found = [
            arriving(job, one, job.server) if job.server else one_by_one_and_at_once(job, one)
            for one in warmed
        ]
    return [name | own for name, own in zip(names, found, strict=True)]


def served_model(job: Job, reader: Reader) -> TaskModel:
    """The chosen model, run by the job's engine."""
    head = read_description(job.tasks / job.target)
    model = device.place(read_model(chosen(job.model), head, job.encoder), job)
    english = []
    if job.backend == "openvino-int8":
        rows = read_rows(reader, head, "dev", ENGLISH)
        english = [some for _, some in inference_batches(rows.features, job.evaluate.batch_tokens)]
    bench = Workbench(job.engines, job.threads, english)
    return with_backend(model, job.target, job.backend, bench)


def chosen(folder: Path) -> Path:
    """The checkpoint that a seed's English development rows chose."""
    return folder / selection.read(folder).chosen


def rows_of(job: Job, reader: Reader, task: str, language: str, limit: int) -> Rows:
    """The first rows of a task's test in one language."""
    return read_rows(reader, read_description(job.tasks / task), "test", language, limit=limit)


def scored(rows: Rows, predictor: Predictor) -> dict:
    """The main score of the answers."""
    _, points = score_rows(rows, predictor)
    return {"score_percent": main_score(rows.task, points), "scored_n": len(points)}


def warm(job: Job, reader: Reader, predictor: Predictor, task: str, language: str) -> Served:
    """The model, warm, on the rows that it is asked."""
    rows = rows_of(job, reader, task, language, job.asked.rows)
    made = Served(rows, reader, predictor)
    made.ready()
    for place in range(job.asked.warmup):
        made.answer([place % len(rows.examples)])
    return made


def arriving(job: Job, served: Served, server: Server) -> dict:
    """How many queries a second are answered in time."""
    count = len(served.rows.examples)
    alone_ms = median(stream(served, count, job.asked.queries)["latencies_ms"])
    return rates.highest(served.answer, count, alone_ms, server, job.server_sec)


def one_by_one_and_at_once(job: Job, served: Served) -> dict:
    """Both scenarios; the batches of the offline query are warm too."""
    examples = served.rows.examples
    served.answer(range(len(examples)))
    alone = stream(served, len(examples), job.asked.queries)
    served.seconds.clear()
    served.tokens = 0
    rate = loadgen.offline(served.answer, len(examples))["examples_per_sec"]
    spent = served.seconds[-1]
    per_word = lengths(served.reader.tokenizer, examples)["tokens_per_word"]
    return (
        alone
        | ({"tokens_per_word": per_word} if per_word else {})
        | {
            "examples_per_sec": rate,
            "tokens_per_sec": rate * served.tokens / len(examples),
            **{
                f"offline_{part}_percent": 100 * spent[part] / sum(spent.values()) for part in PARTS
            },
        }
    )


def stream(served: Served, count: int, queries: int) -> dict:
    """The single stream: percentiles, each query's milliseconds in their order, and the parts."""
    served.seconds.clear()
    found = loadgen.single_stream(served.answer, count, queries)
    totals = [sum(parts.values()) for parts in served.seconds]
    shares = {part: sum(one[part] for one in served.seconds) / sum(totals) for part in PARTS}
    return found | {
        "latencies_ms": [round(1000 * total, 4) for total in totals],
        **{f"single_{part}_percent": 100 * share for part, share in shares.items()},
    }

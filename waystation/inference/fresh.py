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
from waystation.encoder.tokenizer import read_tokenizer
from waystation.evaluation import selection
from waystation.evaluation.rows import Predictor, Reader, read_rows
from waystation.files import write_json
from waystation.grid.plans import InputLengths
from waystation.inference import loadgen, rates
from waystation.inference.served import PARTS, Served
from waystation.params.schema import Evaluate, Server
from waystation.task_model import TaskModel, read_model


@dataclass(frozen=True)
class Asked:
    """How much one run asks of each task and language; `queries` of the single stream."""

    rows: int
    queries: int
    warmup: int


@dataclass(frozen=True)
class Job:
    """One model and the tasks and languages that it is asked.

    With `server` only the first of `sets` is asked, at rates of arrival instead of one by one.
    """

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
    with the time of their parts."""
    device.use(job)
    head = read_description(job.tasks / job.target)
    model = device.place(read_model(chosen(job.model), head, job.encoder), job)
    reader = Reader(job.tasks, read_tokenizer(job.encoder), job.lengths)
    made = [
        ({"task": task, "language": language}, warm(job, reader, model, task, language))
        for task, language in job.sets[: 1 if job.server else None]
    ]
    if job.server:
        return [names | arriving(job, one, job.server) for names, one in made]
    return [names | one_by_one_and_at_once(job, one) for names, one in made]


def chosen(folder: Path) -> Path:
    """The checkpoint that a seed's English development rows chose."""
    return folder / selection.read(folder).chosen


def warm(job: Job, reader: Reader, model: TaskModel, task: str, language: str) -> Served:
    """The model, warm, on the first rows of a task's test in one language."""
    description = read_description(job.tasks / task)
    rows = read_rows(reader, description, "test", language, limit=job.asked.rows)
    made = Served(rows, reader, Predictor(model, job.target, job.evaluate))
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

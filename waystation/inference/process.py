"""One run of one model, in a process of its own: `python -m waystation.inference.process JOB OUT`.

A fresh process has its own memory layout, caches and luck: what two runs share cannot make them
differ.
"""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from waystation.base.process import end_with_parent
from waystation.data.examples import read_description
from waystation.encoder import device
from waystation.encoder.tokenizer import read_tokenizer
from waystation.evaluation import selection
from waystation.evaluation.rows import Predictor, Reader, read_rows
from waystation.files import write_json
from waystation.grid.plans import InputLengths
from waystation.inference import loadgen
from waystation.inference.served import PARTS, Served
from waystation.params.schema import Evaluate
from waystation.params.typed import build
from waystation.task_model import TaskModel, read_model
from waystation.text_files import read_json


@dataclass(frozen=True)
class Asked:
    """How much one run asks of each task and language; `queries` of the single stream."""

    rows: int
    queries: int
    warmup: int


@dataclass(frozen=True)
class Job:
    """One model and the tasks and languages that it is asked; paths as text."""

    tasks: str
    encoder: str
    model: str
    target: str
    sets: tuple[tuple[str, str], ...]
    lengths: InputLengths
    asked: Asked
    evaluate: Evaluate
    file: str
    threads: int
    device: str
    precision: str


def main() -> None:
    end_with_parent()
    job = build(Job, read_json(Path(sys.argv[1]), dict), sys.argv[1])
    write_json(Path(sys.argv[2]), measured(job))


def write(job: Job, file: Path) -> None:
    file.write_text(json.dumps(asdict(job)))


def measured(job: Job) -> list[dict]:
    """Of each task and language the latencies of a single stream and the rate of one offline query,
    with the time of their parts."""
    device.use(job)
    tasks, encoder = Path(job.tasks), Path(job.encoder)
    head = read_description(tasks / job.target)
    model = device.place(read_model(chosen(Path(job.model)), head, encoder), job)
    reader = Reader(tasks, read_tokenizer(encoder), job.lengths)
    return [
        {"task": task, "language": language, **one_set(job, reader, model, task, language)}
        for task, language in job.sets
    ]


def chosen(folder: Path) -> Path:
    """The checkpoint that a seed's English development rows chose."""
    return folder / selection.read(folder).chosen


def one_set(job: Job, reader: Reader, model: TaskModel, task: str, language: str) -> dict:
    """Both scenarios on the first rows of a task's test in one language."""
    description = read_description(Path(job.tasks) / task)
    rows = read_rows(reader, description, "test", language, limit=job.asked.rows)
    served = Served(rows, reader, Predictor(model, job.target, job.evaluate))
    served.ready()
    count = len(rows.examples)
    for place in range(job.asked.warmup):
        served.answer([place % count])
    served.answer(range(count))  # warms the batches of the offline query
    alone = stream(served, count, job.asked.queries)
    served.seconds.clear()
    served.tokens = 0
    together = loadgen.offline(served.answer, count)
    rate = together["examples_per_sec"]
    spent = served.seconds[-1]
    return alone | {
        "examples_per_sec": rate,
        "tokens_per_sec": rate * served.tokens / count,
        **{f"offline_{part}_percent": 100 * spent[part] / sum(spent.values()) for part in PARTS},
    }


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


if __name__ == "__main__":
    main()

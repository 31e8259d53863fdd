"""What an encoder keeps of tasks that were trained before it changed: their own heads on it.

Of a sequence these are the tasks of all phases but the last, of merged encoders all tasks. The head
is the one that the task's phase ended with; nothing is trained again.
"""

import math
from dataclasses import replace
from pathlib import Path

from safetensors.torch import load_file

from waystation.data import examples
from waystation.encoder import device
from waystation.encoder.checkpoint import read_encoder
from waystation.encoder.tokenizer import read_tokenizer
from waystation.evaluation.rows import main_score
from waystation.grid.names import TEXT
from waystation.grid.plans import Phase
from waystation.metrics import Points, main_name
from waystation.task_model import TaskModel
from waystation.text_files import read_json
from waystation.training.phase import HEADS, POINTS, WEIGHTS, English
from waystation.training.workplace import Workplace


def retained(workplace: Workplace, phase: Phase, folder: Path, encoder: Path) -> dict[str, dict]:
    """Of each task of a finished phase in `folder` its score on the encoder in `encoder`.

    {task: {main_score, <main_score>: percent of the same English development rows, change_points
    since the phase ended, change_standard_error_points over rows, n}}.
    """
    known = {name: examples.read_description(workplace.tasks / name) for name in phase.rows}
    tasks = {name: task for name, task in known.items() if name != TEXT}
    if not tasks:
        return {}
    model = TaskModel(read_encoder(encoder)[0], tasks)
    model.heads.load_state_dict(load_file(folder / HEADS / WEIGHTS))
    device.place(model, workplace.machine)
    model.eval()
    before = read_json(folder / HEADS / POINTS, dict)
    phase = replace(phase, rows={name: phase.rows[name] for name in tasks})
    scored = English(workplace, phase, model, tasks, read_tokenizer(workplace.tokenizer))
    entries = {}
    for name, rows, points in scored.points(None):
        key = main_name(rows.task.metrics[0])
        score, first = main_score(rows.task, points), main_score(rows.task, before[name])
        entries[name] = {
            "main_score": f"{key}_percent",
            f"{key}_percent": score,
            "change_points": score - first,
            "change_standard_error_points": standard_error(before[name], points, key),
            "n": len(points),
        }
    return entries


def standard_error(before: list[Points], after: list[Points], name: str) -> float:
    """Of the difference of a score over the same examples, in points, by the delta method."""
    n = len(after)
    influences = [influence([one[name] for one in side]) for side in (before, after)]
    moves = [new - old for old, new in zip(*influences, strict=True)]
    return 100 * math.sqrt(sum(move**2 for move in moves) * n / (n - 1)) if n > 1 else 0.0


def influence(pairs: list[tuple[float, float]]) -> list[float]:
    """What each example adds to the deviation of a ratio of sums."""
    weight = sum(w for _, w in pairs)
    if not weight:
        return [0.0] * len(pairs)
    ratio = sum(p for p, _ in pairs) / weight
    return [(p - ratio * w) / weight for p, w in pairs]

"""What no column's type says of an example: its lists hold texts, its answers are answers.

A text may be empty, as some in QQP are: such examples are kept and counted. A list of words or of
choices may not.
"""

from waystation.base.errors import UserError
from waystation.tasks import Task

LISTS = ("tokens", "tags", "choices", "answers", "candidates", "pairs")
FEWEST = {"tokens": 1, "choices": 2, "candidates": 1}  # entries of an example's lists


def check(example: dict, task: Task, where: str) -> None:
    """Refuse tokens, choices and answers of other kinds or numbers than the task's type has."""
    where = f"{where}, id {example['id']!r}"
    for key in [key for key in LISTS if key in example]:
        expect(example[key], list, f"{where}: {key}")
    for key, least in FEWEST.items():
        if len(example.get(key, range(least))) < least:
            raise UserError(f"{where}: {len(example[key])} {key}; allowed: {least} and more")
    for key in ("tokens", "choices"):
        for text in example.get(key, ()):
            expect(text, str, f"{where}: in {key}")
    for answer in example.get("answers", ()):
        expect(answer["text"], str, f"{where}: an answer's text")
        expect(answer["start"], int, f"{where}: an answer's offset")
        if not answer["text"]:
            raise UserError(f"{where}: an answer's text is empty")
    if example.get("answers") == [] and not example.get("allows_none"):
        raise UserError(f"{where}: no answer")
    if "choices" in example and task.chance_percent:
        wanted, number = round(100 / task.chance_percent), len(example["choices"])
        if number != wanted:
            raise UserError(f"{where}: {number} choices, expected {wanted}")


def fits(value: object, kind: type) -> bool:
    """Whether a value is of a kind; True and False are no numbers."""
    return isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)


def expect(value: object, kind: type, where: str) -> None:
    if not fits(value, kind):
        raise UserError(
            f"{where}: expected {kind.__name__}, got {type(value).__name__} {value!r:.80}"
        )

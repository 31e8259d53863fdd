"""What no column's type says of an example: its lists hold texts, its answers are answers."""

from waystation.base.errors import UserError
from waystation.tasks import Task


def check(example: dict, task: Task, where: str) -> None:
    """Refuse tokens, choices and answers of other kinds or numbers than the task's type has."""
    where = f"{where}, id {example['id']!r}"
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


def expect(value: object, kind: type, where: str) -> None:
    if not isinstance(value, kind):
        raise UserError(
            f"{where}: expected {kind.__name__}, got {type(value).__name__} {value!r:.80}"
        )

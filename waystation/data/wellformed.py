"""What no column's type tells of an example: its lists hold texts, its answers are answers."""

from types import ModuleType

from waystation.base.errors import UserError


def check(example: dict, task: ModuleType, where: str) -> None:
    """Refuse tokens, choices and answers of other kinds or numbers than the task's type has."""
    where = f"{where}, id {example['id']!r}"
    for key in ("tokens", "choices"):
        for part in example.get(key, ()):
            expect(part, str, f"{where}: in {key}")
    for answer in example.get("answers", ()):
        expect(answer["text"], str, f"{where}: an answer's text")
        expect(answer["start"], int, f"{where}: an answer's offset")
        if not answer["text"]:
            raise UserError(f"{where}: an answer's text is empty")
    if example.get("answers") == [] and not example.get("allows_none"):
        raise UserError(f"{where}: it has no answer")
    if task.TYPE == "multiple_choice" and task.CHANCE:
        wanted, found = round(100 / task.CHANCE), len(example["choices"])
        if found != wanted:
            raise UserError(f"{where}: it has {found} choices, expected {wanted}")


def expect(value: object, kind: type, where: str) -> None:
    if not isinstance(value, kind):
        raise UserError(
            f"{where}: expected {kind.__name__}, got {type(value).__name__} {value!r:.80}"
        )

"""Read gold and predictions in XTREME's submission format and lay them side by side.

One function a form of file: (gold file, predictions file) -> `Pair`. Lines are stripped and
compared as the public evaluator does. The evaluator accepts and scores some files that cannot be
meant so: an empty line, a wrong number of columns, of lines, of words. Here these are errors.
`notes` say what counts as wrong without being an error, as in the evaluator.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waystation import text_files
from waystation.base.errors import UserError
from waystation.data import squad_layout
from waystation.text_files import shown

Tags = list[list[str]]


@dataclass
class Pair:
    """Gold and predictions, one entry an example, as the metric reads them."""

    gold: list
    predicted: list
    notes: list[str] = field(default_factory=list)


def labels(gold: Path, predictions: Path) -> Pair:
    """A label on each line."""
    pair = Pair(*(checked(file, r"[^\t]+", "one label") for file in (gold, predictions)))
    same_number(gold, predictions, pair, "lines")
    return unknown_noted(predictions, pair, set(pair.gold), pair.predicted)


def places(gold: Path, predictions: Path) -> Pair:
    """The number of a sentence on each line."""
    form = r"0|-?[1-9][0-9]*"  # texts are compared: 01 would never be 1
    pair = Pair(*(checked(file, form, "a number") for file in (gold, predictions)))
    same_number(gold, predictions, pair, "lines")
    numbers = {str(number) for number in range(len(pair.gold))}
    return unknown_noted(predictions, pair, numbers | set(pair.gold), pair.predicted)


def pairs(gold: Path, predictions: Path) -> Pair:
    """Two ids on each line; nothing mined is an empty file. The whole is one example."""
    form, what = r"[^\t]+\t[^\t]+", "two ids with a tab between them"
    sides = [checked(gold, form, what), checked(predictions, form, what, empty=True)]
    ids = [[{tuple(map(str.strip, line.split("\t"))) for line in side}] for side in sides]
    return Pair(ids[0], ids[1])


def tags(gold: Path, predictions: Path) -> Pair:
    """A tag on each line, an empty line after each sentence; the last one may lack it."""
    pair = Pair(read_tags(gold), read_tags(predictions))
    same_number(gold, predictions, pair, "sentences")
    for number, (wanted, predicted) in enumerate(zip(pair.gold, pair.predicted, strict=True), 1):
        if len(wanted) != len(predicted):
            raise UserError(
                f"{predictions}: sentence {number} has {len(predicted)} tags; "
                f"{gold} has {len(wanted)}"
            )
    known = {tag for sentence in pair.gold for tag in sentence}
    return unknown_noted(predictions, pair, known, [t for s in pair.predicted for t in s])


def choices(gold: Path, predictions: Path) -> Pair:
    """{"label": number} on each line, further keys allowed."""
    pair = Pair(read_choices(gold), read_choices(predictions))
    same_number(gold, predictions, pair, "lines")
    return unknown_noted(predictions, pair, set(pair.gold), pair.predicted)


def answers(gold: Path, predictions: Path) -> Pair:
    """Gold in SQuAD's layout, predictions {id: answer}; a question without one scores 0."""
    questions = read_questions(gold)
    given = read_by_id(predictions, str, "a text")
    pair = Pair([texts for _, texts in questions], [given.get(name) for name, _ in questions])
    return missing_noted(predictions, pair, given, [name for name, _ in questions])


def rankings(gold: Path, predictions: Path) -> Pair:
    """Gold {id: [relevant candidate, ...]}, predictions {id: [candidate, ...]}, best first.

    A query without a ranking scores 0.
    """
    relevant = read_by_id(gold, list, "a list of at least one text")
    given = read_by_id(predictions, list, "a list of texts")
    if not relevant:
        raise UserError(f"{gold} holds no queries")
    for name, candidates in relevant.items():
        if not candidates:
            raise UserError(f"{gold}: no candidate for {name!r}; at least one is needed")
    pair = Pair([[c.strip() for c in candidates] for candidates in relevant.values()], [])
    pair.predicted = [[c.strip() for c in given.get(name, [])] for name in relevant]
    return missing_noted(predictions, pair, given, list(relevant))


def entities(gold: Path, predictions: Path) -> Pair:
    """As rankings; the first of the gold's candidates is the one that counts."""
    pair = rankings(gold, predictions)
    pair.gold = [relevant[:1] for relevant in pair.gold]
    return pair


def read_lines(file: Path) -> list[str]:
    """Stripped lines."""
    return [line.strip() for _, line in text_files.read_lines(file)]


def checked(file: Path, form: str, what: str, empty: bool = False) -> list[str]:
    """Lines of which each has a form; an empty file only where that means something."""
    lines = read_lines(file)
    if not lines and not empty:
        raise UserError(f"{file} is empty; {what} on each line is needed")
    for number, line in enumerate(lines, 1):
        if not re.fullmatch(form, line):
            raise UserError(f"{file}, line {number}: {what} is needed, got {shown(line)}")
    return lines


def read_tags(file: Path) -> Tags:
    sentences, sentence = [], []
    for number, line in enumerate(read_lines(file), 1):
        if len(line.split()) > 1:
            raise UserError(f"{file}, line {number}: one tag is needed, got {shown(line)}")
        if line:
            sentence.append(line)
        else:
            sentences.append(sentence)
            sentence = []
    sentences += [sentence] if sentence else []
    if not any(sentences):
        raise UserError(f"{file} is empty; a tag on each line is needed")
    return sentences


def read_choices(file: Path) -> list[int]:
    choices = []
    for number, line in enumerate(read_lines(file), 1):
        label = text_files.parse_json(line, f"{file}, line {number}", dict).get("label")
        if type(label) is not int:
            needed = '{"label": 0} with a whole number'
            raise UserError(f"{file}, line {number}: {needed} is needed, got {shown(line)}")
        choices.append(label)
    if not choices:
        raise UserError(f'{file} is empty; {{"label": 0}} on each line is needed')
    return choices


def read_json(file: Path) -> Any:
    """Whole JSON, or the object that stands there under `data`."""
    value = text_files.read_json(file)
    inner = value.get("data") if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else value


def read_questions(file: Path) -> list[tuple[str, list[str]]]:
    """(id, answers) of each question, in the order of the file."""
    questions = list(squad_layout.read(file, of_paragraph))
    for name, texts in questions:
        if not texts:
            raise UserError(f"{file}: question {name!r} needs at least one answer, got {texts}")
    if not questions:
        raise UserError(f"{file} holds no questions")
    twice = [name for name, count in Counter(name for name, _ in questions).items() if count > 1]
    if twice:
        raise UserError(f"{file}: the id {twice[0]!r} stands twice; it must name one question")
    return questions


def of_paragraph(paragraph: dict) -> Iterator[tuple[str, list[str]]]:
    for question in paragraph["qas"]:
        texts = [squad_layout.text(answer, "text") for answer in question["answers"]]
        yield squad_layout.text(question, "id"), texts


def read_by_id(file: Path, kind: type, what: str) -> dict:
    """{id: text}, or {id: [text, ...]}."""
    values = read_json(file)
    if not isinstance(values, dict):
        raise UserError(f"{file}: an object {{id: {what}}} is needed, got {shown(values)}")
    for name, value in values.items():
        texts = value if kind is list else [value]
        if not isinstance(value, kind) or not all(isinstance(text, str) for text in texts):
            raise UserError(f"{file}: {what} is needed for {name!r}, got {shown(value)}")
    return values


def same_number(gold: Path, predictions: Path, pair: Pair, what: str) -> None:
    if len(pair.gold) != len(pair.predicted):
        raise UserError(
            f"{predictions} has {len(pair.predicted)} {what}; {gold} has {len(pair.gold)}"
        )


def unknown_noted(predictions: Path, pair: Pair, known: set, ids: list) -> Pair:
    """Note labels that the gold file has nowhere: another name for a label is never right."""
    unknown = [label for label in ids if label not in known]
    if unknown:
        which = ", ".join(sorted({shown(label) for label in unknown})[:5])
        pair.notes.append(
            f"{predictions}: {len(unknown)} labels that the gold has nowhere, wrong: {which}"
        )
    return pair


def missing_noted(predictions: Path, pair: Pair, given: dict, wanted: list[str]) -> Pair:
    """Note ids without a prediction, and predictions for unknown ids."""
    missing = [name for name in wanted if name not in given]
    if missing:
        pair.notes.append(f"{predictions}: {len(missing)} ids missing, score 0: {missing[0]!r} ...")
    if further := set(given) - set(wanted):
        pair.notes.append(f"{predictions}: {len(further)} ids unknown, not scored")
    return pair

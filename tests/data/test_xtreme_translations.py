"""XTREME's translations of SQuAD, in miniature."""

import json

import pytest

from tests.conftest import fetch
from waystation.base.errors import UserError
from waystation.data import examples
from waystation.data.releases.xtreme_translations import convert

pytestmark = pytest.mark.usefixtures("scratch")
NAME = "squad_v1_xtreme_translated"
CONTEXT = "Το 1990 και το 1991 πήγε στη Ρώμη."


def release(folder, *answers: tuple[str, int]):
    qas = [
        {"id": f"q{i}", "question": "Πού;", "answers": [{"text": text, "answer_start": start}]}
        for i, (text, start) in enumerate(answers)
    ]
    file = folder / "SQuAD/translate-train/squad.translate.train.en-el.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"data": [{"paragraphs": [{"context": CONTEXT, "qas": qas}]}]}))
    return folder


def test_translated_questions_become_rows_of_the_task(source, tmp_path):
    folder = release(
        tmp_path / "release", ("1990", 3), ("199", 13), (" Ρώμη ", 0), ("", 0), ("Rome", 2)
    )
    prefix = source({})
    told = convert(folder, prefix / "local" / NAME)
    assert told == "questions (of them with a moved answer, left out): el 3 (2, 2);"
    fetch(prefix, NAME, tmp_path / "out", ("el",))
    found = examples.read(tmp_path / "out/train/el.jsonl")
    assert [example["id"] for example in found] == ["q0", "q1", "q2"]
    assert [example["answers"][0] for example in found] == [
        {"text": "1990", "start": 3},
        {"text": "199", "start": CONTEXT.index("1991")},
        {"text": "Ρώμη", "start": CONTEXT.index("Ρώμη")},
    ]


def test_a_folder_of_another_form_is_named(tmp_path):
    with pytest.raises(UserError, match=r"no file squad\.translate\.train\.en-<language>\.json"):
        convert(tmp_path, tmp_path / "out")
    folder = release(tmp_path / "release")
    file = next(folder.rglob("*.json"))
    file.write_text('{"data": [{"paragraphs": [{"context": "a", "qas": [{"id": "b"}]}]}]}')
    with pytest.raises(UserError, match=r"en-el\.json, paragraph 1: no key 'answers'; expected"):
        convert(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()

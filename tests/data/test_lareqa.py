"""LAReQA's release, in miniature."""

import json

import pytest

from tests.conftest import fetch
from tests.data.test_downloads import question
from waystation.base.errors import UserError
from waystation.data import examples
from waystation.data.releases.lareqa import convert
from waystation.tasks.lareqa import TASK

pytestmark = pytest.mark.usefixtures("scratch")
CONTEXT = "She went to Rome in May. It rained."


@pytest.fixture
def release(tmp_path):
    told = {"context": CONTEXT, "sentence_breaks": [[0, 24], [25, 35]], "qas": [{"id": "a"}]}
    (tmp_path / "clone/xquad-r").mkdir(parents=True)
    for code in TASK.languages:
        file = tmp_path / f"clone/xquad-r/{code}.json"
        file.write_text(json.dumps({"data": [{"paragraphs": [told]}]}))
    return tmp_path / "clone"


@pytest.mark.parametrize("below", ["", "xquad-r"])
def test_bounds_of_sentences_become_the_rows_of_lareqa(release, source, tmp_path, below):
    table = ("google-research-datasets/xquad_r", "de", "validation")
    prefix = source({table: [question(12, context=CONTEXT)]})
    told = convert(release / below, prefix / "local/lareqa")
    assert told == "paragraphs in 11 languages"
    fetch(prefix, "lareqa", tmp_path / "out", ("de",))
    found = examples.read(tmp_path / "out/test/de.jsonl")[0]
    assert [c["text"] for c in found["candidates"]] == ["She went to Rome in May.", "It rained."]


def test_what_is_missing_is_named_and_nothing_is_written(release, tmp_path):
    file = release / "xquad-r/de.json"
    file.write_text('{"data": [{"paragraphs": [{"context": "a", "qas": []}]}]}')
    message = r"de\.json, paragraph 1: no key 'sentence_breaks'; expected SQuAD's layout"
    with pytest.raises(UserError, match=message):
        convert(release, tmp_path / "out")
    file.write_text('{"data": [')
    with pytest.raises(UserError, match=r"de\.json is not whole JSON"):
        convert(release, tmp_path / "out")
    file.unlink()
    with pytest.raises(UserError, match=r"no file .*de\.json; --release is a clone"):
        convert(release, tmp_path / "out")
    assert not (tmp_path / "out").exists()

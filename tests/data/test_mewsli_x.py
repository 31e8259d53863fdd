"""Mewsli-X's release, in miniature: the keys are those that its own description names."""

import json
import sys

import pytest

from tests.conftest import ROOT, fetch, run
from waystation.base.errors import UserError
from waystation.data import examples
from waystation.data.releases.mewsli_x import tables
from waystation.hub import layout

pytestmark = pytest.mark.usefixtures("scratch")
ROME = {
    "entity_id": "Q220",
    "title": "Roma",
    "description": "Capitale d'Italia.",
    "description_url": "",
    "description_language": "it",
    "sentence_spans": [{"start": 0, "end": 18}],
}
TEXT = "Er kam. Dann nach Rom, sagt er. Ende."


def span(start: int, end: int, **more) -> dict:
    return {"start": start, "end": end} | more


def context(language: str) -> dict:
    spans = [span(0, 7), span(8, 31), span(32, 37)]
    return {"document_title": "", "language": language, "text": TEXT, "sentence_spans": spans}


def mention(name: str, start: int = 18, text: str = "Rom") -> dict:
    found = span(start, start + len(text), text=text)
    return {"example_id": name, "entity_id": "Q220", "mention_span": found}


@pytest.fixture
def release(tmp_path):
    def write(name: str, *lines: dict):
        file = tmp_path / "dataset" / f"{name}.jsonl"
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))

    write("candidate_set_entities", ROME, ROME | {"entity_id": "Q64", "description_language": "de"})
    for part in ("dev", "test"):
        crossing = mention("both", 28, "er. Ende")
        articles = [{"context": context(code), "mentions": [mention(code), crossing]} for code in
                    ("ar", "de", "en", "es", "fa", "ja", "pl", "ro", "ta", "tr", "uk")]  # fmt: skip
        write(f"wikinews_mentions-{part}", *articles)
    for part in ("train", "dev"):
        found = {"context": context("en"), "mention": mention("pair")}
        write(f"wikipedia_pairs-{part}", {"contextual_mention": found, "entity": ROME})
    write.folder = tmp_path / "dataset"
    return write


def test_the_release_becomes_the_rows_of_mewslix(release, tmp_path):
    command = [sys.executable, "-m", "waystation", "convert", "mewsli_x"]
    command += ["--dataset", str(release.folder)]
    run([*command, "--out", str(tmp_path / "hub/local/mewslix")], ROOT)
    fetch(tmp_path / "hub", "mewslix", tmp_path / "mentions", ("de", "uk"))
    assert examples.read(tmp_path / "mentions/validation/de.jsonl") == [
        {"id": "de", "query": "Rom . Dann nach Rom , sagt er.", "key": "Q220"},
        {"id": "both", "query": "er. Ende . Dann nach Rom, sagt er. Ende .", "key": "Q220"},
    ]
    fetch(tmp_path / "hub", "mewslix_entities", tmp_path / "entities", ("de", "it"))
    assert [row["id"] for row in examples.read(tmp_path / "entities/test/de.jsonl")] == ["Q64"]
    fetch(tmp_path / "hub", "mewslix_pairs", tmp_path / "pairs")
    pair = examples.read(tmp_path / "pairs/train/en.jsonl")[0]
    assert (pair["id"], pair["candidate"]) == ("pair", "Roma . Capitale d'Italia.")


def test_a_release_without_its_texts_is_refused(release, tmp_path):
    empty = context("de") | {"text": ""}
    release("wikinews_mentions-dev", {"context": empty, "mentions": [mention("m")]})
    out = tmp_path / "out"
    with pytest.raises(UserError, match=r"mention 'm': 'Rom' is not at 18 .* texts are missing"):
        layout.write(out, tables(release.folder), "")
    (release.folder / "candidate_set_entities.jsonl").unlink()
    for part in ("dev", "test"):
        release(f"wikinews_mentions-{part}", {"context": context("de"), "mentions": []})
    with pytest.raises(UserError, match=r"no file .*candidate_set_entities"):
        layout.write(out, tables(release.folder), "")
    assert not out.exists()


def test_another_form_than_the_release_s_is_named(release, tmp_path):
    release("wikipedia_pairs-train", {"mention": "Rom", "entity": ROME})
    message = r"wikipedia_pairs-train\.jsonl, line 1: no key 'contextual_mention'"
    with pytest.raises(UserError, match=message):
        layout.write(tmp_path / "out", tables(release.folder), "")


def test_rows_are_written_in_batches_and_a_cut_line_is_named(release, tmp_path, monkeypatch):
    monkeypatch.setattr(layout, "BATCH", 2)
    rows = [{"id": str(i), "tags": ["a"] * i} for i in range(5)]
    layout.write(tmp_path / "out", [("default", "train", rows)], "Some rows.")
    import datasets

    found = datasets.load_dataset(str(tmp_path / "out"), "default", split="train")
    assert found.to_list() == rows
    file = release.folder / "wikipedia_pairs-train.jsonl"
    file.write_text(file.read_text() + '{"contextual_mention": {')
    with pytest.raises(UserError, match=r"wikipedia_pairs-train\.jsonl, line 2"):
        layout.write(tmp_path / "out2", tables(release.folder), "")

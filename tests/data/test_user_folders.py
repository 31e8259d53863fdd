"""Folders of rows as people have them: other files beside the rows, every form, broken files."""

import json

import pandas
import pytest

from tests.conftest import fetch
from waystation.base.errors import UserError
from waystation.data import examples

pytestmark = pytest.mark.usefixtures("scratch")
CARD = (
    "---\nconfigs:\n- config_name: en\n  data_files: [{{split: train, path: en/train.{}}}]\n---\n"
)


@pytest.fixture
def corpus(tmp_path):
    """Write the corpus `local/multilingual-text` as one file in any form; read its texts back."""
    folder = tmp_path / "hub/local/multilingual-text"
    (folder / "en").mkdir(parents=True)

    def write(data: bytes, ending: str) -> None:
        (folder / "en" / f"train.{ending}").write_bytes(data)
        (folder / "README.md").write_text(CARD.format(ending))

    def texts() -> list[str]:
        fetch(tmp_path / "hub", "text", tmp_path / "out")
        return [row["text"] for row in examples.read(tmp_path / "out/train/en.jsonl")]

    write.folder, write.texts = folder, texts
    return write


ODD = ["007", "1e3", "3.10", "True", "NA", "null", "nan", "None", "-", "2020-01-01", "1,000", " x "]


def test_text_in_a_csv_file_stays_text_whatever_it_looks_like(corpus):
    """The first rows are plain text: what pandas guesses from a block of rows is another type."""
    rows = ["text"] * 10_001 + ODD
    corpus(pandas.DataFrame({"text": rows}).to_csv(index=False).encode(), "csv")
    assert corpus.texts() == rows


@pytest.mark.parametrize("odd", [["007", "008"], ["1.50"], ["True", "False"], ["NA", "x"]])
def test_a_csv_file_of_nothing_but_numbers_is_text_too(corpus, odd):
    corpus(pandas.DataFrame({"text": odd}).to_csv(index=False).encode(), "csv")
    assert corpus.texts() == odd


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_and_carriage_returns_of_a_csv_file_are_no_text(corpus, mark, end):
    corpus(mark + end.join(["text", "a", "b", ""]).encode(), "csv")
    assert corpus.texts() == ["a", "b"]


@pytest.mark.parametrize("odd", [ODD, ["1"], ["true"], ["null", ""]])
def test_text_in_json_lines_stays_text(corpus, odd):
    corpus("".join(json.dumps({"text": text}) + "\n" for text in odd).encode(), "jsonl")
    assert corpus.texts() == odd


@pytest.mark.parametrize(
    ("data", "ending", "message"),
    [
        (b"version https://git-lfs.github.com/spec/v1\n", "parquet", "a Git LFS pointer"),
        (b"version https://git-lfs.github.com/spec/v1\n", "csv", "a Git LFS pointer"),
        (b"", "parquet", "is empty; expected rows"),
        (b"", "jsonl", "is empty; expected rows"),
        (b"PAR1", "parquet", "multilingual-text, configuration 'en': "),
        (b'{"text": "a"}\n{"te', "jsonl", "multilingual-text, configuration 'en': "),
        (b'{"txt": "a"}\n', "jsonl", "no column text; the source has txt"),
        (b'{"text": 1}\n', "jsonl", "column 'text' should be str, got int 1"),
        (b'{"text": null}\n', "jsonl", "column 'text' should be str, got NoneType"),
        (b'{"text": "2020-01-01"}\n', "jsonl", "column 'text' should be str, got datetime"),
        (b'{"text": true}\n', "jsonl", "column 'text' should be str, got bool"),
        ("text\n\xe4\n".encode("latin-1"), "csv", "multilingual-text, configuration 'en': "),
        ('{"text": "a"}\n'.encode("utf-16"), "jsonl", "multilingual-text, configuration 'en': "),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_named(corpus, tmp_path, data, ending, message):
    corpus(data, ending)
    with pytest.raises(UserError, match=message):
        corpus.texts()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["multilingual-text.py", "load.py", "dataset_infos.py"])
def test_a_loading_script_is_passed_over(corpus, name, capfd, tmp_path, monkeypatch):
    # The Hub's cache outlives a run: the second one in a folder of the same name would be silent.
    monkeypatch.setattr("huggingface_hub.utils._cache_assets.HF_ASSETS_CACHE", tmp_path / "assets")
    corpus(b'{"text": "a"}\n', "jsonl")
    (corpus.folder / name).write_text("raise SystemExit('it ran')\n")
    assert corpus.texts() == ["a"]
    assert f"passed over the loading script {name}" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ("---\nconfigs: [\n---\n", "README.md is not a card: "),
        ("---\nconfigs:\n- {config_name: 1, data_files: a}\n---\n", "should be a text, got 1"),
        ("---\nconfigs:\n- {data_files: a}\n---\n", "config_name should be a text, got None"),
        ("---\nconfigs: []\nconfigs: []\n---\n", "README.md: the key 'configs' stands twice"),
        ("---\na: b: c\n---\n", "README.md is not a card: "),
        ("---\nconfigs:\n- config_name: en\n- config_name: en\n---\n", "'en' stands twice"),
        ("---\nconfigs: 5\n---\n", "multilingual-text"),
        ("---\nconfigs:\n- 5\n---\n", "multilingual-text"),
        ("---\nconfigs:\n- config_name: de\n---\n", "multilingual-text"),
        ("---\ndataset_info: 5\n---\n", "multilingual-text"),
    ],
)
def test_a_card_of_another_form_is_named(corpus, tmp_path, card, message):
    corpus(b'{"text": "a"}\n', "jsonl")
    (corpus.folder / "README.md").write_text(card)
    with pytest.raises(UserError, match=message):
        corpus.texts()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("texts", [["", "a"], [" ", "a"], ["\u200b", ""], ["\n", "\t"]])
def test_rows_without_text_are_kept_and_counted(corpus, tmp_path, texts):
    corpus("".join(json.dumps({"text": text}) + "\n" for text in texts).encode(), "jsonl")
    counts = fetch(tmp_path / "hub", "text", tmp_path / "out")["splits"]["train"]["en"]
    assert [row["text"] for row in examples.read(tmp_path / "out/train/en.jsonl")] == texts
    assert counts["with_empty_text"] == sum(not text.strip() for text in texts)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"text\na,b,c\nd\n", "(does not match|Expected 1 fields)"),
        (b"text,z\na,b\nc,d,e\n", "Expected 2 fields in line 3, saw 3"),
        (b"text,text\na,b\n", "the column text stands twice"),
        (b"text;z\na;b\n", "no column text; the source has text;z"),
        (b'text\n"a\nb\n', "EOF inside string"),
        (b"text\n", "split 'train' is empty"),
        (b"", r"en/train\.csv is empty; expected rows"),
        ("text\nä\n".encode("latin-1"), "can't decode byte 0xe4"),
        ("text\na\n".encode("utf-16"), "can't decode byte 0xff"),
    ],
)
def test_a_csv_file_whose_fields_are_not_the_header_s_is_refused(corpus, data, message):
    corpus(data, "csv")
    with pytest.raises(UserError, match=f"(multilingual-text|task 'text').*{message}"):
        corpus.texts()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_marks_and_carriage_returns_of_plain_text_are_no_text(corpus, mark, end):
    corpus(mark + end.join([b"a", b"b", b""]), "txt")
    assert corpus.texts() == ["a", "b"]


def test_rows_that_a_suite_limits_are_drawn_alike_in_parallel_sets(source, tmp_path):
    """By the seed; training rows stay the first ones, other seeds draw others."""
    rows = [{"premise": str(i), "hypothesis": "b", "label": 0} for i in range(50)]
    tables = {("facebook/xnli", code, split): rows for code in ("en", "de")
              for split in ("validation", "test")}  # fmt: skip
    prefix = source(tables)

    def drawn(draw: int | None, code: str = "en") -> list[str]:
        out = tmp_path / f"{draw}-{code}"
        fetch(prefix, "xnli", out, (code,), {"test": 5}, draw=draw)
        return [row["first"] for row in examples.read(examples.path(out, "test", code))]

    first, english, german, other = drawn(None), drawn(1), drawn(1, "de"), drawn(2)
    assert first == list("01234")
    assert english == german == sorted(english, key=int)
    assert english != first != other != english


def test_training_rows_are_not_drawn(corpus, tmp_path):
    corpus("".join(json.dumps({"text": str(i)}) + "\n" for i in range(9)).encode(), "jsonl")
    fetch(tmp_path / "hub", "text", tmp_path / "out", limits={"train": 3}, draw=4)
    rows = examples.read(tmp_path / "out/train/en.jsonl")
    assert [row["text"] for row in rows] == ["0", "1", "2"]

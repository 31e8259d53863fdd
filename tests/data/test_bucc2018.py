"""BUCC's archives, in miniature."""

import pytest

from tests.conftest import ROOT, fetch, run
from waystation.base.errors import UserError
from waystation.data import examples
from waystation.data.releases.bucc2018 import convert

pytestmark = pytest.mark.usefixtures("scratch")


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "unpacked/bucc2018/zh-en"
    folder.mkdir(parents=True)
    for part in ("sample", "training"):
        (folder / f"zh-en.{part}.zh").write_text("zh-1\t一 \u2028 二\nzh-2\t三\n", encoding="utf-8")
        (folder / f"zh-en.{part}.en").write_text("en-1\tone\ttwo\nen-2\tthree\nen-3\tfour\n")
        (folder / f"zh-en.{part}.gold").write_text("zh-2\ten-2\nzh-2\ten-3\n")
    return tmp_path / "unpacked"


def test_both_whole_texts_become_the_rows_of_bucc(archive, tmp_path):
    told = convert(archive, tmp_path / "hub/local/bucc2018")
    assert told == "zh-en.sample, zh-en.training"
    fetch(tmp_path / "hub", "bucc", tmp_path / "out", ("zh",))
    for split in ("validation", "test"):
        rows = examples.read(tmp_path / f"out/{split}/zh.jsonl")
        assert [row["id"] for row in rows] == ["zh-1", "zh-2", "en-1", "en-2", "en-3"]
        assert rows[0]["text"] == "一 \u2028 二"
        assert rows[1]["pairs"] == ["en-2", "en-3"]
        assert rows[2]["text"] == "one\ttwo"


def test_marks_returns_and_blanks_behind_ids_change_no_row(archive, tmp_path):
    convert(archive, tmp_path / "plain/local/bucc2018")
    for file in archive.rglob("zh-en.*"):
        text = file.read_text(encoding="utf-8").replace("\t", " \t", 1).replace("\n", " \r\n")
        keep = text if file.suffix == ".gold" else text.replace(" \r\n", "\r\n")
        file.write_bytes(b"\xef\xbb\xbf" + keep.encode())
    convert(archive, tmp_path / "odd/local/bucc2018")
    for name in ("plain", "odd"):
        fetch(tmp_path / name, "bucc", tmp_path / f"{name}.out", ("zh",))
    read = lambda name: examples.read(tmp_path / f"{name}.out/test/zh.jsonl")
    assert read("odd") == read("plain")


def test_a_gold_id_of_no_sentence_is_named(archive, tmp_path):
    (archive / "bucc2018/zh-en/zh-en.training.gold").write_text("zh-2\ten-2\nzh-9\ten-1\n")
    convert(archive, tmp_path / "hub/local/bucc2018")
    with pytest.raises(UserError, match=r"bucc, zh: .*'zh-9' is the id of no sentence"):
        fetch(tmp_path / "hub", "bucc", tmp_path / "out", ("zh",))


def test_what_is_missing_or_broken_is_named_and_nothing_is_written(archive, tmp_path):
    file = archive / "bucc2018/zh-en/zh-en.sample.en"
    file.write_text("en-1 one\n")
    with pytest.raises(UserError, match=r"zh-en\.sample\.en, line 1: 'en-1 one.*two fields"):
        convert(archive, tmp_path / "out")
    file.unlink()
    with pytest.raises(UserError, match=r"0 files zh-en\.sample\.en below"):
        convert(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    command = ["python", "-m", "waystation", "convert", "bucc2018"]
    command += ["--archive", tmp_path, "--out", tmp_path / "out"]
    for file in archive.rglob("*.gold"):
        file.unlink()
    done = run([str(part) for part in command], ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("convert: error: no file <language>-en.{sample,training}.gold")

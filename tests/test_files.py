"""Files and folders that are there whole or not at all."""

from pathlib import Path

import pytest
from safetensors import SafetensorError
from tokenizers import Tokenizer, models

from waystation.base.errors import UserError, one_line
from waystation.files import checksum, whole, write_json
from waystation.text_files import read_json


def make(place, text, folder):
    """A file with a text, or a folder that holds one."""
    if folder:
        place.mkdir()
        place = place / "file"
    place.write_text(text)


def read(path):
    return (path / "file" if path.is_dir() else path).read_text()


@pytest.mark.parametrize("folder", [True, False])
@pytest.mark.parametrize("before", [None, "file", "folder"])
def test_what_is_written_takes_the_place_of_what_was_there(tmp_path, folder, before):
    path = tmp_path / "deeper" / "out"
    if before:
        path.parent.mkdir()
        make(path, "old", before == "folder")
    if (before, folder) == ("file", True):  # no name is both, not even for a moment
        with pytest.raises(OSError), whole(path) as beside:
            make(beside, "new", folder)
        assert read(path) == "old"
    else:
        with whole(path) as beside:
            make(beside, "new", folder)
            assert not path.exists() or read(path) == "old"
        assert read(path) == "new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("problem", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("folder", [True, False])
def test_after_an_error_all_is_as_before(tmp_path, folder, problem):
    path = tmp_path / "out"
    make(path, "old", folder)
    with pytest.raises(problem), whole(path) as beside:  # noqa: PT012
        make(beside, "half", folder)
        raise problem
    assert read(path) == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_run_left_beside_it_is_replaced(tmp_path):
    (tmp_path / ".out.partial").mkdir()
    (tmp_path / ".out.partial/file").write_text("half")
    with whole(tmp_path / "out") as beside:
        assert not beside.exists()
        make(beside, "new", True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_checksum_is_of_names_and_contents(tmp_path):
    make(tmp_path / "a", "text", True)
    make(tmp_path / "b", "text", True)
    assert checksum(tmp_path / "a") == checksum(tmp_path / "b")
    (tmp_path / "b/file").rename(tmp_path / "b/other")
    assert checksum(tmp_path / "a") != checksum(tmp_path / "b")
    assert checksum(tmp_path / "a/file") == checksum(tmp_path / "b/other")


def test_json_is_whole_and_has_no_number_that_is_none(tmp_path):
    write_json(tmp_path / "a.json", {"é": [1, None]})
    assert read_json(tmp_path / "a.json") == {"é": [1, None]}
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "b.json", float("nan"))
    (tmp_path / "a.json").write_text('{"a": ')
    with pytest.raises(UserError, match=r"a\.json is not whole JSON"):
        read_json(tmp_path / "a.json")


FULL = Path("/dev/full")  # every write to it finds no space


def tensors(file):
    """`save_file` takes the place of the device; what it raises on a full disk is this."""
    raise SafetensorError("Error while serializing: I/O error: No space left (os error 28)")


def text(file):
    file.write_text("x" * 100_000)


def tokenizer(file):
    Tokenizer(models.WordLevel({str(i): i for i in range(10_000)}, "0")).save(str(file))


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("write", [tensors, text, tokenizer])
def test_a_full_disk_is_one_line_that_names_the_file(tmp_path, write):
    with pytest.raises(OSError) as full, whole(tmp_path / "out") as beside:  # noqa: PT012
        beside.symlink_to(FULL)
        write(beside)
    assert one_line(full.value) == f"{tmp_path / 'out'}: No space left on device"
    assert list(tmp_path.iterdir()) == []

"""Texts, lines and JSON of files as people have them."""

import pytest

from waystation.base.errors import UserError
from waystation.text_files import read_json, read_json_lines, read_lines, read_text

MARK, POINTER = b"\xef\xbb\xbf", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n"


def written(folder, data):
    (folder / "file").write_bytes(data)
    return folder / "file"


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\r\nb", ["a", "b"]),
        (MARK + b"a\n", ["a"]),
        (MARK + b"a\r\n\r\nb", ["a", "", "b"]),
        ("a\u2028b\u0085c\u000bd\n".encode(), ["a\u2028b\u0085c\u000bd"]),  # text, no line ends
        (b"a\rb\n", ["a\rb"]),
        ("\ufeffa\ufeffb\n".encode(), ["a\ufeffb"]),  # only at the start is it a mark
        (b"", []),
        (b"\n", [""]),
    ],
)
def test_marks_and_carriage_returns_are_left_out(tmp_path, data, lines):
    assert [line for _, line in read_lines(written(tmp_path, data))] == lines
    assert read_text(written(tmp_path, data)) == "".join(f"{line}\n" for line in lines)


def test_what_is_left_out_is_said(tmp_path, capsys):
    read_text(written(tmp_path, MARK + b"a\r\nb\r\n"))
    mark, returns = capsys.readouterr().err.splitlines()
    assert "byte-order mark" in mark
    assert "2 carriage returns" in returns
    read_text(written(tmp_path, b"a\n"))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (POINTER, "a Git LFS pointer; `git lfs pull` fetches the file itself; expected text"),
        ("a\n".encode("utf-16"), "is UTF-16 text; expected text"),
        (b"\x1f\x8b\x08", "is compressed"),
        (b"PAR1", "is a Parquet file"),
        ("a\nä\n".encode("latin-1"), "line 2: byte 1 is 0xe4; expected UTF-8 text"),
        (b"a\nb\0\n", "line 2: a null byte"),
    ],
)
def test_a_file_of_another_form_is_named(tmp_path, data, message):
    for read in (read_text, read_json, lambda file: list(read_lines(file))):
        with pytest.raises(UserError, match=rf"file.*{message}"):
            read(written(tmp_path, data))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "file is empty; expected JSON"),
        (" \n", "file is empty; expected JSON"),
        ('{"a": ', "file is not whole JSON"),
        ('{"a": 1, "a": 2}', "file: the key 'a' stands twice"),
        ('{\n"a": 1,\n"b": 2,\n"a": 2}', "file, line 4: the key 'a' stands twice"),
        ('{"x": [{"é": 1, "é": 1}]}', "file: the key 'é' stands twice"),
        ('{"a": NaN}', "the number NaN is not finite"),
        ('{"a": -Infinity}', "the number -Infinity is not finite"),
        ('{"a": 1e999}', "the number 1e999 is not finite"),
        ('{"a": "\\ud83d"}', r"half a character"),
        ("[" * 100_000, "nested too deeply"),
        ("1" * 5000, "is not whole JSON"),
        ("[]", r"expected an object, got \[\]"),
        ("null", "expected an object, got None"),
        ('"text"', "expected an object, got 'text'"),
        ("true", "expected an object, got True"),
    ],
)
def test_json_is_strict(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        read_json(written(tmp_path, text.encode()), dict)


def test_json_of_one_line_each(tmp_path):
    file = written(tmp_path, MARK + b'{"a": 1}\r\n{"a": "\\ud83d\\ude00"}\r\n')
    assert [line for _, line in read_json_lines(file)] == [{"a": 1}, {"a": "\U0001f600"}]
    with pytest.raises(UserError, match="line 2: expected an object, got 3"):
        list(read_json_lines(written(tmp_path, b'{"a": 1}\n3\n')))
    with pytest.raises(UserError, match="line 2 is empty; expected JSON"):
        list(read_json_lines(written(tmp_path, b'{"a": 1}\n\n')))

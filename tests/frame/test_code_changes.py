"""What has changed in the code: modules, chains of imports, definitions."""

import pytest

from tests.conftest import run
from waystation.frame import code_changes, code_digest

CACHED = (code_digest.imports, code_digest.tree, code_digest.digest, code_changes.text_of)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package `stages` in a git repository: a imports b, b imports c, c imports d."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stages").mkdir()

    def write(**modules):
        for name, text in modules.items():
            (tmp_path / "stages" / f"{name}.py").write_text(text)
        for cached in CACHED:
            cached.cache_clear()

    write(
        __init__="",
        a="from stages import b\n",
        b="import stages.c\n",
        c="def outer():\n    from stages.d import score\n",
        d="WIDTH = 3\n\ndef score(x):\n    return x + WIDTH\n\ndef other():\n    pass\n",
    )
    run(["git", "init", "-q"], tmp_path)
    run(["git", "add", "-A"], tmp_path)
    author = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    run(["git", *author, "commit", "-qm", "Start"], tmp_path)
    yield write
    for cached in CACHED:
        cached.cache_clear()


def test_a_function_three_imports_away_is_named_with_the_way_to_it(package):
    before = code_digest.written(["stages.a"])
    assert code_changes.module_changes(before, ["stages.a"]) == []
    package(d="WIDTH = 3\n\ndef score(x):\n    return x - WIDTH\n\ndef other():\n    '''Say.'''\n")
    (change,) = code_changes.module_changes(before, ["stages.a"])
    assert change.module == "stages.d"
    assert change.chain == ("stages.a", "stages.b", "stages.c", "stages.d")
    assert str(change) == "stages.d: score() changed, other() changed"


def test_modules_come_and_go(package):
    before = code_digest.written(["stages.a"])
    package(b="import stages.e\n", e="")
    changes = [str(change) for change in code_changes.module_changes(before, ["stages.a"])]
    assert changes == [
        "stages.c no longer imported",
        "stages.d no longer imported",
        "stages.b: imports changed",
        "stages.e new",
    ]


def test_a_text_that_was_not_committed_is_not_guessed(package):
    package(d="WIDTH = 4\n")
    before = code_digest.written(["stages.a"])
    package(d="WIDTH = 5\n")
    (change,) = code_changes.module_changes(before, ["stages.a"])
    assert str(change) == "stages.d changed; git has no text of before"


def test_the_first_entry_point_that_reaches_a_module_begins_the_chain(package):
    assert code_changes.chain(["stages.b", "stages.d"], "stages.d")[0] == "stages.b"
    assert code_changes.chain(["stages.d"], "stages.a") == ()


ORDER = "definitions in another order"
BEFORE = '''"""Doc."""
import json
A, B = 1, 2
C: int = 3
class Rows:
    """Doc."""
    size = 4
    def score(self): return 1
    def predict(self): return 2
def gone(): pass
'''


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("A, B = 1, 2", "A, B = 1, 5", ["(A, B) changed"]),
        ("C: int = 3", "C: int = 4", ["C changed"]),
        ("size = 4", "size = 5", ["Rows.size changed"]),
        ("return 2", "return 3", ["Rows.predict() changed"]),
        ("class Rows:", "class Rows(list):", ["class Rows changed"]),
        ("import json", "import csv", ["imports changed"]),
        ("def gone", "def more", ["gone() gone", "more() new"]),
        ("def gone(): pass\n", "def gone(): pass\nprint(1)\n", ["statements new"]),
        (
            "A, B = 1, 2\nC: int = 3\n",
            "C: int = 3\nA, B = 1, 2\n",
            ["definitions in another order"],
        ),
    ],
)
def test_definitions_are_told_apart(old, new, told):
    assert old in BEFORE
    assert code_changes.definition_changes(BEFORE, BEFORE.replace(old, new)) == told

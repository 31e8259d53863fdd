"""A minute of `make fuzz`: every reader takes or refuses, in one line, whatever a file holds."""

import pytest

from tests.conftest import ROOT
from tests.fuzz.__main__ import one, tried
from tests.fuzz.readers import readers

INPUTS = 150  # of a reader with weight 1; `make fuzz` tries 100,000 in all


@pytest.fixture(autouse=True)
def _at_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_no_reader_ends_in_a_traceback():
    faults = {}
    for reader in readers():
        _, texts = tried(reader, round(INPUTS * reader.weight), seed=1)
        faults |= {f"{reader.name}: {text}": count for text, count in texts.items()}
    assert faults == {}


def test_a_traceback_would_be_seen(tmp_path):
    """Of a reader that breaks the rule in each way."""
    reader = next(reader for reader in readers() if reader.name == "yaml")

    def broken(problem):
        def read(folder):
            raise problem

        return type(reader)("broken", {}, read)

    from waystation.base.errors import UserError

    assert one(broken(KeyError("x")), tmp_path)[0] == "fault"
    assert one(broken(SystemExit(2)), tmp_path)[0] == "fault"
    assert one(broken(UserError("a\nb")), tmp_path)[0] == "refused"  # UserError is one line itself

"""Parameters of an experiment are those of the suite's file, however the option is written."""

import pytest
from dvc.cli.parser import get_main_parser

from waystation.commands.experiment import with_file

PARAMS = "suites/taste/params.yaml"


@pytest.mark.parametrize(
    "words",
    [
        ["-S", "target.learning_rate=1e-3"],
        ["-Starget.learning_rate=1e-3"],
        ["--set-param", "target.learning_rate=1e-3"],
        ["--set-param=target.learning_rate=1e-3"],
        ["--set-p", "target.learning_rate=1e-3"],
        ["--set=target.learning_rate=1e-3"],
        ["--se", "target.learning_rate=1e-3"],
        ["-fS", "target.learning_rate=1e-3"],
        ["-S=target.learning_rate=1e-3"],
        ["-Rf", "-vS", "target.learning_rate=1e-3"],
        ["-fqStarget.learning_rate=1e-3"],
        ["-S", f"{PARAMS}:target.learning_rate=1e-3"],
        ["-n", "name", "-f", "-S", "target.learning_rate=1e-3", "--queue"],
    ],
)
def test_every_spelling_names_the_suite_s_file(words):
    parsed = get_main_parser().parse_args(["exp", "run", *with_file(words, PARAMS)])
    assert parsed.set_param == [f"{PARAMS}:target.learning_rate=1e-3"]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-n", "Sunday"],
        ["-nS"],
        ["-m", "set-param"],
        ["--single-item", "--temp", "-j", "2"],
        ["-S", "params.yaml:threads=2"],
    ],
)
def test_everything_else_stays(words):
    assert with_file(words, PARAMS) == words


def test_colons_behind_the_sign_are_part_of_the_value():
    assert with_file(["-S", "a=b:c"], PARAMS) == ["-S", f"{PARAMS}:a=b:c"]

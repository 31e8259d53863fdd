"""Published scores in the parameters: names that nobody knows are refused."""

from dataclasses import replace

import pytest

from tests.conftest import FULL, ROOT
from waystation.base.errors import UserError
from waystation.frame import suite_check
from waystation.params.load import load_settings
from waystation.params.schema import Reference

XTREME = ROOT / "suites/xtreme/params.yaml"


@pytest.mark.parametrize(
    ("text", "wrong", "message"),
    [
        ("xnli: {acc", "xnly: {acc", r"baseline\.scores: unknown name 'xnly'; allowed: mnli"),
        ("recipe: none", "recipe: non", r"baseline\.recipe: unknown name 'non'; allowed: random"),
        (
            "benchmark: xtreme ",
            "benchmark: extreme ",
            r"baseline\.benchmark: unknown name 'extreme'; allowed: xtreme, xtreme-r$",
        ),
    ],
)
def test_names_in_the_parameters_are_checked(tmp_path, text, wrong, message):
    whole, file = XTREME.read_text(), tmp_path / "params.yaml"
    assert text in whole
    file.write_text(whole.replace(text, wrong))
    with pytest.raises(UserError, match=rf"params\.yaml, line \d+: report\.reference\.{message}"):
        suite_check.read_suite(file)


def test_averages_are_those_of_the_benchmark_that_is_named():
    suite = load_settings(FULL)
    scores = {"qa": {"score": 1.0}, "overall": {"score": 1.0}}
    published = Reference("nano", "none", "somebody", scores, "xtreme")

    def check(one):
        report = replace(suite.report, reference={"table": one})
        suite_check.check(replace(suite, report=report))

    check(published)
    with pytest.raises(UserError, match=r"unknown name 'qa'; allowed: text, anli"):
        check(replace(published, benchmark=None))

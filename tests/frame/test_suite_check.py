"""What is known of a suite before its first stage is refused there, with file, line and key."""

from dataclasses import replace

import pytest
import yaml

from tests.conftest import FULL, ROOT
from tests.params.test_load import changed
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


MBERT = yaml.safe_load((ROOT / "docs/models.yaml").read_text())["bert-base-multilingual-cased"]
FETCHED = {
    "origins": {"scratch": [], "hub": ["mbert"]},
    "tokenizer": {"kinds": []},
    "extra": {"models": [], "recipes": []},
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"align.tasks": ["xnli"]}, "align.tasks: unknown type of task 'xnli': 'classification'"),
        ({"align.tasks": ["mnli"]}, "align.tasks: unknown type of task 'mnli'"),
        ({"tasks.sib200_pairs": {"languages": ["de", "en"]}, "align.tasks": ["sib200_pairs"]},
         "align.tasks: languages of task 'sib200_pairs', which pairs each with English, has 'en'"),
        ({"target.tasks.mnli.languages": ["qda"]}, "must begin with 'en', got ['qda']"),
        ({"target.tasks.mnli.languages": ["en", "qdz"]}, "no rows of 'mnli_translated' in 'qdz'"),
        ({"target.tasks.mnli.languages": ["en", "en"]}, "a value stands twice in ['en', 'en']"),
        ({"target.tasks.mnli.task": "foo"}, "(a target's rows are its): 'foo'; allowed: text"),
        ({"target.tasks.mnli.task": "xnli"}, "task 'xnli' of type classification has the splits"),
        ({"target.tasks.mnli.serves": "ccg"}, "target 'mnli' serves none of the tasks"),
        ({"recipes": ["none", "ccg+translated"]}, "needs its rows): 'ccg_translated'"),
        ({"intermediate.mlm": None}, "recipe 'squad_v1+mlm' needs the key intermediate.mlm"),
        ({"tasks.nosuch": {}}, "tasks.nosuch: unknown task 'nosuch'; allowed: anli"),
        ({"world": None}, "generators: a generated world needs the section world"),
        ({"world.topics": 99}, "world: topics is 99; allowed: 1 to"),
        ({"world.languages.qda.order": "osv"}, "world.languages.qda.order is 'osv'; allowed: svo"),
        ({"world.languages.qda.script": "x"}, "script is 'x'; allowed: latin, greek, cyrillic"),
        (FETCHED | {"models": {"mbert": MBERT | {"architecture": "gpt2"}}},
         "models.mbert: unknown architecture 'gpt2'; allowed: xlm-roberta"),
        (FETCHED | {"models": {"mbert": MBERT | {"files": {}}}},
         "models.mbert: files needs one of config.json, has []"),
        ({"report.reference": {"a": {"model": "pico", "recipe": "none", "source": "b",
                                     "scores": {"xnli": {"acc": 5}}}}},
         "report.reference.a.scores.xnli: unknown measure 'acc'; allowed: accuracy"),
    ],
)  # fmt: skip
def test_what_no_stage_could_run_with_is_refused(tmp_path, params, changes, message):
    for key, value in changes.items():
        params = changed(params, key, value)
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    with pytest.raises(UserError, match=r"params\.yaml, line \d+: ") as refused:
        suite_check.read_suite(tmp_path / "params.yaml")
    assert message in str(refused.value)

"""Every task's module against the list of its constants, and against the mirror of real rows."""

import re

import pytest
import yaml

from tests.conftest import ROOT, fetch
from waystation import tasks
from waystation.params.load import load_settings

pytestmark = pytest.mark.usefixtures("scratch")
EVERY = {
    "TYPE": str, "LICENSE": str, "CITATION": str, "SPLITS": dict, "LANGUAGES": tuple,
    "CHARACTERS": int, "METRICS": tuple, "LABELS": tuple | None, "CHANCE": float | None,
    "TRAINED_ON": str | None,
}  # fmt: skip
READ = {"REPO": str, "REVISION": str, "COLUMNS": dict, "ROWS": dict}
SOME = {
    "KEPT": dict, "SOURCE_LABELS": tuple, "OBTAIN": str, "POOL": str, "ELSEWHERE": dict,
    "PARTS": tuple, "MIXED": dict, "CANDIDATES": dict, "LANGUAGE_ROWS": dict,
}  # fmt: skip
# Configurations of the mirror that no task reads.
NOT_READ = {
    ("facebook/xnli", "all_languages"),  # the rows of the other configurations side by side
    ("mteb/tatoeba-bitext-mining", "default"),  # the pairs of all languages
    ("local/multilingual-text", "corpus"),  # the texts of all languages
}
NO_ROWS = {  # tasks whose configurations are there, without the task's split or languages
    "mnli_translated": "the mirror has no translated training rows",
}


@pytest.mark.parametrize("name", tasks.names())
def test_a_module_has_the_constants_that_are_listed(name):
    task = tasks.load(name)
    needed = EVERY if hasattr(task, "PARTS") else EVERY | READ
    for constant, kind in needed.items():
        assert isinstance(getattr(task, constant), kind), constant
    for constant, kind in SOME.items():
        assert constant not in vars(task) or isinstance(getattr(task, constant), kind), constant
    assert set(task.SPLITS) <= {"train", "validation", "test"}
    assert "\n" not in task.CITATION
    for constant in ("ROWS", "KEPT", "CANDIDATES"):
        for split, rows in getattr(task, constant, {}).items():
            assert split in task.SPLITS
            assert isinstance(rows, int) or set(rows) <= set(task.LANGUAGES)
    for part in tasks.parts(task):
        assert part.REVISION == "unpinned" or re.fullmatch(r"[0-9a-f]{40}", part.REVISION)
        assert set(part.SPLITS) >= set(task.SPLITS)
        assert part.LABELS == task.LABELS
        assert part.TYPE == task.TYPE
        assert not any(r.startswith(tasks.LOCAL) for r in repositories(part)) or part.OBTAIN
    for language in task.LANGUAGES:
        for part in tasks.parts_with(task, language):
            found = tasks.configurations(part, language)
            assert set(found) == (set(part.COLUMNS) if hasattr(part, "tables") else {"rows"})


def repositories(task):
    return tasks.repositories(task, task.LANGUAGES)


def test_the_docstring_lists_every_constant():
    for constant in (*EVERY, *READ, *SOME, "drop", "tables", "examples", "config", "example"):
        assert f"    {constant}" in tasks.__doc__, constant


def test_the_benchmarks_have_their_languages():
    """XTREME's 40 and XTREME-R's 50, as the tasks that are scored have them."""
    numbers = {
        "xnli": 15, "pawsx": 7, "udpos": 33, "panx": 40, "xquad": 11, "mlqa": 7, "tydiqa": 9,
        "bucc": 4, "tatoeba": 36, "udpos_r": 38, "panx_r": 48, "tatoeba_r": 41, "xquad_r": 12,
        "xcopa": 11, "lareqa": 11, "mewslix": 11,
    }  # fmt: skip
    assert {name: len(tasks.load(name).LANGUAGES) for name in numbers} == numbers


def configurations(mirror):
    """{repository: names of its configurations} as the mirror's cards have them."""
    found = {}
    for card in mirror.glob("*/*/README.md"):
        told = yaml.safe_load(card.read_text().split("---")[1])
        repository = f"{card.parent.parent.name}/{card.parent.name}"
        found[repository] = {config["config_name"] for config in told["configs"]}
    return found


def in_the_mirror(task, mirror_has):
    """Languages of a task all of whose configurations the mirror has."""
    return [
        language
        for language in task.LANGUAGES
        if all(
            set(configs) <= mirror_has.get(repository, set())
            for part in tasks.parts_with(task, language)
            for repository, configs in tasks.configurations(part, language).values()
        )
    ]


def reached_by(languages: dict[str, tuple[str, ...]]) -> set[tuple[str, str]]:
    """(repository, configuration) that tasks read in some languages."""
    found = set()
    for name, codes in languages.items():
        task = tasks.load(name)
        for language in codes:
            for part in tasks.parts_with(task, language):
                for repository, configs in tasks.configurations(part, language).values():
                    found |= {(repository, config) for config in configs}
    return found


# The suite of a real encoder brings the tasks that read them.
NOT_YET_READ = {"Davlan/sib200", "local/ud_pud"}


@pytest.mark.shared_data
def test_every_configuration_of_the_mirror_is_a_task_s_and_its_suite_s(mirror):
    has = configurations(mirror)
    assert has.keys() >= NOT_YET_READ
    for repository in NOT_YET_READ:
        del has[repository]
    every = {(repository, config) for repository, configs in has.items() for config in configs}
    reached = reached_by({name: tasks.load(name).LANGUAGES for name in tasks.names()})
    assert every - reached == NOT_READ
    suite = load_settings(ROOT / "suites/mirror/params.yaml")
    read = {
        name: limits.languages or tasks.covered(tasks.load(name), suite.languages)
        for name, limits in suite.tasks.items()
    }
    assert every - reached_by(read) == NOT_READ


def readable(mirror):
    """(task, its languages in the mirror) of all tasks that have rows there."""
    has = configurations(mirror)
    for name in tasks.names():
        found = in_the_mirror(tasks.load(name), has)
        if name.startswith("tydiqa"):  # told apart by the rows, not by the configuration
            found = ["en", "ko", "sw"]
        if found and name not in NO_ROWS:
            yield name, found


@pytest.mark.shared_data
def test_a_few_real_rows_of_every_task(mirror, tmp_path):
    few = dict.fromkeys(("train", "validation", "test"), 3)
    found = dict(readable(mirror))
    assert len(found) > 35
    for name, languages in found.items():
        ends = tuple(dict.fromkeys((languages[0], languages[-1])))
        told = fetch(mirror, name, tmp_path / name, (), few | {"languages": ends})
        rows = [part["rows"] for split in told["splits"].values() for part in split.values()]
        assert rows == [3] * len(rows) != [], name


@pytest.mark.slow
@pytest.mark.shared_data
def test_all_real_rows_of_every_task(mirror, tmp_path):
    """Repairs as counted on the source files, and XTREME's packagings with the authors' rows."""
    every = {
        name: fetch(mirror, name, tmp_path / name, (), {"languages": tuple(languages)})
        for name, languages in readable(mirror)
    }
    repaired = {name: total(told, "answers_repaired") for name, told in every.items()}
    xquad = 100 + 26 + 13 + 10 + 4 * 5  # zh, ar, hi, th; en es ru vi
    assert {n: r for n, r in repaired.items() if r} == {
        "xquad": xquad, "xquad_r": xquad, "xquad_xtreme": xquad, "tydiqa": 1031,
        "tydiqa_xtreme": 1031,
    }  # fmt: skip
    rows = {name: total(told, "rows") for name, told in every.items()}
    for name in ("xnli", "pawsx", "xquad", "mlqa", "tatoeba", "tydiqa", "squad_v1"):
        assert rows[f"{name}_xtreme"] == rows[name], name
    assert rows["anli_plus"] == rows["snli"] + rows["mnli"] + rows["anli"]
    assert rows["lareqa"] == 13_090
    assert total(every["lareqa"], "candidates") == 13_014
    by_language = {
        code: total(every["tydiqa"], "answers_repaired", code) for code in ("en", "ko", "sw")
    }
    # 37, 505 and 477 that the stripping moved; the others are one too low in the source itself.
    assert by_language == {"en": 37 + 11, "ko": 505, "sw": 477 + 1}


def total(told, key, language=None):
    """A number summed over all splits, and all languages or one."""
    splits = told["splits"].values()
    return sum(
        part[key] for split in splits for code, part in split.items() if language in (None, code)
    )

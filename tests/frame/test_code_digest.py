"""Code digests: what counts as a change, and whose change it is."""

import dataclasses

import pytest

from stages import code
from tests.conftest import FULL, ROOT
from waystation.base.errors import UserError
from waystation.frame import code_digest
from waystation.frame.entry_points import entry_points
from waystation.params.load import load_settings


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package `stages` in a folder of its own, with fresh caches."""
    (tmp_path / "stages").mkdir()
    (tmp_path / "stages" / "__init__.py").write_text("")
    monkeypatch.chdir(tmp_path)

    def write(**modules):
        for name, text in modules.items():
            (tmp_path / "stages" / f"{name}.py").write_text(text)
        for cached in (code_digest.imports, code_digest.tree, code_digest.digest):
            cached.cache_clear()

    yield write
    for cached in (code_digest.imports, code_digest.tree, code_digest.digest):
        cached.cache_clear()


def test_comments_layout_and_docstrings_do_not_count(package):
    package(a='"""Doc."""\ndef f(x):\n    """Say."""\n    return x + 1\n')
    before = code_digest.digest("stages.a")
    package(a='"""Other."""\n# why\ndef f( x ):\n\n    return (x\n      + 1)\n')
    assert code_digest.digest("stages.a") == before
    package(a="def f(x):\n    return x + 2\n")
    assert code_digest.digest("stages.a") != before


def test_the_closure_follows_every_form_of_import(package):
    package(
        a="import stages.b\ndef f():\n    from stages import c\n",
        b="from stages.d import thing\nimport json\n",
        c="",
        d="thing = 1\n",
        e="import stages.a\n",
    )
    found = code_digest.closure(["stages.a"])
    assert found == {"stages", "stages.a", "stages.b", "stages.c", "stages.d"}


def test_an_edit_after_the_digests_were_written_is_refused(package, tmp_path):
    package(a="x = 1\n")
    told = tmp_path / "digests"
    told.write_text(f"stages.a {code_digest.digest('stages.a')}\n")
    code_digest.check(told)
    package(a="x = 1  # why\n")
    code_digest.check(told)
    package(a="x = 2\n")
    with pytest.raises(UserError, match=r"stages/a\.py was edited while the suite ran"):
        code_digest.check(told)


def test_cycles_end(package):
    package(a="import stages.b\n", b="import stages.a\n")
    assert code_digest.closure(["stages.a"]) == {"stages", "stages.a", "stages.b"}


@pytest.fixture
def entries(monkeypatch):
    monkeypatch.chdir(ROOT)
    return entry_points(load_settings(FULL))


def test_modules_imported_by_key_belong_to_the_cells_that_use_the_key(entries):
    holding = lambda module: {n for n, m in entries.items() if module in code_digest.closure(m)}
    assert holding("waystation.tasks.xquad") == {
        "download/xquad",
        "generate",
        "sources",
        "report",
    }
    assert holding("waystation.metrics.mlqa") == {
        *("evaluate/reading", "snapshots/reading", "benchmark/reading"),
    }
    assert holding("waystation.report.figures.gains") == {"report"}
    assert holding("waystation.heads.tagging") == {
        *(f"{verb}/sentences" for verb in ("target", "evaluate", "snapshots", "benchmark")),
        "promise",
        *(f"intermediate/{kind}/all" for kind in ("multitask", "merged/mean", "merged/ties")),
        "intermediate/ccg",
        *(f"intermediate/sequential/nine/{length}" for length in range(4, 10)),  # ccg is fourth
    }
    assert holding("waystation.task_types.tagging") == {"evaluate/sentences", "snapshots/sentences"}
    assert holding("waystation.task_types.retrieval") == {"align", "recipes"}


def test_planning_is_not_part_of_what_it_plans(entries):
    """Cells depend on the bytes of their own plan: other planning may leave those as they are."""
    holding = {
        n for n, m in entries.items() if "waystation.grid.planning" in code_digest.closure(m)
    }
    assert holding == {"recipes"}


def test_rooms_that_only_run_a_stage_are_in_no_digest_nor_what_they_alone_import(entries):
    assert "waystation.frame.stage" in code_digest.imports("stages.align")
    assert "waystation.report.published" in code_digest.imports("waystation.frame.suite_check")
    for name, modules in entries.items():
        rooms = {module.split(".")[1] for module in code_digest.closure(modules) if "." in module}
        assert not rooms & {"base", "params", "frame"}, name
        assert ("report" in rooms) == (name == "report"), name


def test_training_is_not_part_of_what_only_reads_models(entries):
    assert "waystation.training.loop" in code_digest.closure(entries["pretrain"])
    for name in ("report", "recipes", "sources", "align", "download/xnli"):
        assert "waystation.training.loop" not in code_digest.closure(entries[name]), name


def test_a_missing_source_is_named_by_its_parameter():
    loaded = load_settings(FULL)
    absent = dataclasses.replace(loaded.source, depends_on="nowhere")
    code.check_source(dataclasses.replace(loaded, source=absent))  # it is generated
    with pytest.raises(UserError, match=r"source\.depends_on: nowhere does not exist"):
        code.check_source(dataclasses.replace(loaded, source=absent, generators=()))

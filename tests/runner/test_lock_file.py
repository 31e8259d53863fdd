"""One stage recorded in dvc.lock alone: the bytes are those of DVC's own way."""

from types import SimpleNamespace

import pytest
from dvc.utils.serialize import dumps_yaml, loads_yaml

from tests.conftest import ROOT
from waystation.runner import lock_file


def entry(mark: int) -> dict:
    words = " ".join(f"--option-{i} data/pocket/some/longer/path/{mark}" for i in range(6))
    return {
        "cmd": f"exec python -m stages.target {words}",
        "deps": [{"path": f"data/{mark}", "hash": "md5", "md5": f"{mark}.dir", "size": 3}],
        "params": {"params.yaml": {"target": {"epochs": 3, "names": ["a: b", "", "é", None]}}},
        "outs": [{"path": "out", "hash": "md5", "md5": "1e5", "size": 1, "nfiles": 2}],
    }


NAMES = ("generate@world", "target@xnli-nano-sequential/nine/2", "align_extra@nano-mnli+mlm")


def whole(entries: dict) -> str:
    return dumps_yaml({"schema": "2.0", "stages": entries})


def test_entries_are_added_and_exchanged_as_dvc_does_it():
    entries: dict = {}
    text = lock_file.HEAD
    for step, name in enumerate([*NAMES, NAMES[1], NAMES[0], NAMES[2]]):
        entries[name] = entry(step)
        text = lock_file.with_entry(text, {name: entry(step)})
        assert text == whole(entries), name


def test_lists_that_parameters_share_are_written_without_anchors():
    """Anchors are numbered over the whole file: those of two entries would meet."""
    text = lock_file.HEAD
    languages = ["de", "el"]
    for name in NAMES[:2]:
        shared = {"params": {"params.yaml": {"a": languages, "b": languages, "c": ()}}}
        text = lock_file.with_entry(text, {name: shared})
    assert "&" not in text
    assert loads_yaml(text)["stages"][NAMES[1]]["params"]["params.yaml"]["b"] == languages


def test_an_entry_that_another_refers_to_is_written_with_all():
    languages = ["de", "el"]
    text = whole({name: {"params": {"params.yaml": {"a": languages}}} for name in NAMES})
    assert "*id001" in text
    assert lock_file.with_entry(text, {NAMES[0]: entry(1)}) is None
    found = loads_yaml(lock_file.rewritten(text, {NAMES[0]: entry(1)}))["stages"]
    assert list(found) == list(NAMES)
    assert found == loads_yaml(text)["stages"] | {NAMES[0]: entry(1)}
    assert loads_yaml(lock_file.with_entry(text, {NAMES[1]: entry(1)}))["stages"][NAMES[2]]


@pytest.mark.parametrize("file", sorted(ROOT.glob("**/dvc.lock")), ids=lambda f: f.parent.name)
def test_the_suites_locks_are_kept(file):
    """Recording what is recorded changes nothing in the real files."""
    import yaml

    text = file.read_text()
    for name, told in list(yaml.safe_load(text)["stages"].items())[:: 1 + text.count("\n") // 3000]:
        written = lock_file.with_entry(text, {name: told})
        if "&id" in text:  # DVC wrote it, with anchors for what parameters name twice
            assert written is None or yaml.safe_load(written) == yaml.safe_load(text), name
        else:
            assert written == text, name


@pytest.mark.parametrize(
    ("text", "others"),
    [
        (None, {}),
        ("", {}),
        ("stages:\n", {}),
        (f"{lock_file.HEAD}datasets:\n- name: x\n", {"datasets": [{"name": "x"}]}),
        ("schema: '2.0'\ndatasets: []\n", {"datasets": []}),
        (f"# a comment\n{whole({NAMES[0]: entry(0)})}", {}),
    ],
)
def test_files_of_every_form_take_entries(text, others, tmp_path, monkeypatch):
    monkeypatch.setattr(lock_file.serialize, "to_lockfile", lambda name: {name: entry(1)})
    file, tracked = tmp_path / "dvc.lock", []
    if text is not None:
        file.write_text(text)
    scm = SimpleNamespace(track_file=tracked.append)
    lock = SimpleNamespace(
        path=str(file), relpath="dvc.lock", repo=SimpleNamespace(scm_context=scm)
    )
    lock_file.dump_stages(lock, NAMES[1:])
    found = loads_yaml(file.read_text())
    first = {NAMES[0]: entry(0)} if text and NAMES[0] in text else {}
    assert found == {"schema": "2.0", "stages": first | dict.fromkeys(NAMES[1:], entry(1))} | others
    assert tracked == ["dvc.lock"]
    assert [path.name for path in tmp_path.iterdir()] == ["dvc.lock"]


def test_a_file_in_whose_writing_dvc_was_ended_is_mended_to_its_whole_entries(tmp_path):
    """Wherever it was: what DVC reads then is what it had written whole."""
    entries = {name: entry(step) for step, name in enumerate(NAMES)}
    text, file, kept = whole(entries), tmp_path / "dvc.lock", set()
    for end in range(len(text) + 1):
        file.write_text(text[:end])
        intact = lock_file.is_whole(text[:end])
        assert lock_file.mend(file) is not intact
        if not file.exists():
            kept.add(0)
            continue
        found = loads_yaml(file.read_text()).get("stages", {})
        names = list(found)
        assert names == list(NAMES[: len(names)])
        whole_ones = names if file.read_text() != text[:end] else names[:-1]
        assert all(found[name] == entries[name] for name in whole_ones)
        kept.add(len(names))
    assert kept == {0, 1, 2, 3}


def test_a_file_that_is_wrong_elsewhere_is_left_as_it_is(tmp_path, capsys):
    text = whole({name: entry(1) for name in NAMES}).replace(f"{NAMES[0]}:", "<<<<<<< HEAD", 1)
    file = tmp_path / "dvc.lock"
    file.write_text(text)
    assert not lock_file.mend(file)
    assert file.read_text() == text
    assert capsys.readouterr().out == ""

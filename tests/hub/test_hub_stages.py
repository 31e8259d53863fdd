"""The stages `sources` and `download` on the Hub's stand-in, by command line, held to a folder."""

import io
import shutil
import subprocess
import sys
from pathlib import Path

import datasets
import pytest
import yaml

from tests.conftest import FULL, ROOT
from tests.fetched.test_pretrained import ENTRY, upstream  # noqa: F401  a fixture
from tests.hub.hub_server import HubServer, card, until
from waystation.text_files import read_json

LANGUAGES = ("en", "de")
REPOSITORY = "google-research-datasets/paws-x"  # unpinned


@pytest.fixture
def hub(tmp_path):
    with HubServer(tmp_path / "served") as server:
        yield server


class Stages:
    """Both stages for PAWS-X in a room of their own."""

    def __init__(self, room: Path, prefix: str, environment: dict[str, str]):
        self.room, self.params = room, room / "params.yaml"
        self.environment = environment | {"DVC_ROOT": str(room)}  # finished parts lie there
        room.mkdir()
        params = yaml.safe_load(FULL.read_text())
        params |= {"languages": [*LANGUAGES], "tasks": {"pawsx": {}}, "recipes": ["none"]}
        params["align"]["development_languages"] = []
        params |= {"orders": {}, "multitask": {}, "extra": {"models": [], "recipes": []}}
        params["intermediate"]["tasks"] = {}
        params["align"]["tasks"] = []
        params["target"] |= {"groups": {}, "tasks": {}}
        params["benchmark"] |= {"tests": {}, "recipes": ["none"]}
        params["generators"] = []
        params["source"] |= {"prefix": prefix, "depends_on": str(self.params)}
        self.params.write_text(yaml.safe_dump(params))

    def sources(self) -> str:
        """Returns what the stage prints."""
        places = {"source": self.params, "record": self.room / "revisions.json"}
        return finish(self.start("sources", out=self.room / "sources", **places))

    def download(self) -> subprocess.Popen:
        places = {"origin": self.room / "sources/pawsx.json", "out": self.room / "pawsx"}
        return self.start("download", task="pawsx", statistics=self.room / "pawsx.json", **places)

    def start(self, name: str, **given) -> subprocess.Popen:
        given |= {"params": self.params, "code": self.params}
        options = [f"--{key}={value}" for key, value in given.items()]
        command = [sys.executable, "-m", f"stages.{name}", *options]
        kind = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, **kind)

    def made(self) -> tuple[dict[str, bytes], dict]:
        """The examples' files, and the statistics without their origin."""
        out = self.room / "pawsx"
        found = (path for path in sorted(out.rglob("*")) if path.is_file())
        told = self.told() | {"made_from": None}
        return {str(path.relative_to(out)): path.read_bytes() for path in found}, told

    def told(self) -> dict:
        return read_json(self.room / "pawsx.json")


def finish(process: subprocess.Popen) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def made_up(mark: str = "") -> dict[str, bytes]:
    """A few rows in PAWS-X's columns: a configuration for each language."""
    kinds = {"sentence1": datasets.Value("string"), "sentence2": datasets.Value("string")}
    kinds |= {"id": datasets.Value("int32"), "label": datasets.ClassLabel(names=["0", "1"])}
    features = datasets.Features(kinds)
    files, splits = {}, ("train", "validation", "test")
    for place in (f"{code}/{split}" for code in LANGUAGES for split in splits):
        texts = [{"sentence1": f"{place} {i}{mark}", "sentence2": "h"} for i in range(7)]
        rows = [text | {"id": i, "label": i % 2} for i, text in enumerate(texts)]
        stream = io.BytesIO()
        datasets.Dataset.from_list(rows, features=features).to_parquet(stream)
        files[f"{place}-0.parquet"] = stream.getvalue()
    named = {c: {"splits": {s: f"{c}/{s}-*.parquet" for s in splits}} for c in LANGUAGES}
    return files | {"README.md": card(**named)}


def both(hub: HubServer, room: Path, files: dict[str, bytes]) -> tuple[Stages, Stages, str]:
    """The stages on the Hub and on a folder with the same files, and their commit."""
    commit = hub.commit("dataset", REPOSITORY, files)
    folder = room / "folder" / REPOSITORY
    folder.parent.mkdir(parents=True)
    folder.symlink_to(hub.folder / "dataset" / REPOSITORY / commit)
    environment = hub.environment(room / "home")
    remote = Stages(room / "remote", "hub", environment)
    return remote, Stages(room / "local", str(room / "folder"), environment), commit


def hold_equal(hub: HubServer, room: Path, files: dict[str, bytes]) -> None:
    remote, local, commit = both(hub, room, files)
    assert f"{REPOSITORY} is not pinned; using revision {commit}" in remote.sources()
    local.sources()
    hub.commit("dataset", REPOSITORY, made_up("moved"))
    for process in [remote.download(), local.download()]:
        finish(process)
    assert remote.made() == local.made()
    told = {REPOSITORY: {"revision": commit, "pinned": False}}
    assert remote.told()["made_from"] == told


def test_the_hub_gives_the_rows_of_a_folder_though_its_branch_moves(hub, tmp_path):
    hold_equal(hub, tmp_path, made_up())


@pytest.mark.shared_data
def test_the_hub_gives_the_real_rows_of_a_folder(mirror, hub, tmp_path):
    folder = mirror / REPOSITORY
    files = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    hold_equal(hub, tmp_path, files)


def test_the_first_commit_is_recorded_and_read_until_its_line_is_taken_out(hub, tmp_path):
    remote, local, first = both(hub, tmp_path, made_up())
    record = remote.room / "revisions.json"
    assert f"recorded in {record}" in remote.sources()
    local.sources()
    assert not (local.room / "revisions.json").exists()
    assert read_json(record) == {REPOSITORY: first}
    second = hub.commit("dataset", REPOSITORY, made_up("moved"))
    hub.requests.clear()
    assert "recorded" not in remote.sources()
    assert hub.requests == []
    found = [read_json(remote.room / "sources/pawsx.json")]
    record.write_text("{}")
    remote.sources()
    found += [read_json(remote.room / "sources/pawsx.json")]
    told = [origin["repositories"][REPOSITORY]["revision"] for origin in found]
    assert told == [first, second]
    assert read_json(record) == {REPOSITORY: second}


def test_a_killed_download_looks_unfinished_and_goes_on_with_what_is_missing(hub, tmp_path):
    remote, local, _ = both(hub, tmp_path, made_up())
    remote.sources()
    local.sources()
    hub.fail("cdn/.*de/validation", cut_after=50, stall=True)
    process = remote.download()
    until(lambda: hub.asked("cdn/.*de/validation"))
    process.kill()
    process.communicate()
    assert not (remote.room / "pawsx").exists()
    assert not (remote.room / "pawsx.json").exists()
    finish(remote.download())
    finish(local.download())
    assert remote.made() == local.made()
    fetched = [Path(request.path).name for request in hub.asked("cdn/.*/en/", "GET")]
    assert fetched == ["train-0.parquet", "validation-0.parquet", "test-0.parquet"]  # once each
    assert len(hub.asked("cdn/.*de/validation", "GET")) == 2


def fetched(room: Path, prefix: str, environment: dict[str, str]) -> Path:
    """The stage `fetch` by command line, in a room whose record of the first fetch stays."""
    params = yaml.safe_load(FULL.read_text())
    entry = {key: value for key, value in vars(ENTRY).items() if value is not None}
    params |= {"models": {"mbert": entry}, "origins": {"scratch": [], "hub": ["mbert"]}}
    params["tokenizer"]["kinds"] = []
    params["extra"] = {"models": [], "recipes": []}
    params["source"]["prefix"] = prefix
    for section in ("intermediate", "target"):
        params[section]["max_tokens"] = 32
    room.mkdir(exist_ok=True)
    (room / "params.yaml").write_text(yaml.safe_dump(params))
    shutil.rmtree(room / "out", ignore_errors=True)
    given = {"params": room / "params.yaml", "code": room / "params.yaml", "model": "mbert"}
    given |= {"out": room / "out", "record": room / "mbert.json"}
    options = [f"--{key}={value}" for key, value in given.items()]
    command = [sys.executable, "-m", "stages.fetch", *options]
    kind = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = environment | {"DVC_ROOT": str(room)}
    finish(subprocess.Popen(command, cwd=ROOT, env=environment, **kind))
    return room / "out"


def test_the_hub_gives_the_model_of_a_folder_though_its_branch_moves(hub, upstream, tmp_path):  # noqa: F811
    folder = upstream / ENTRY.repository
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    commit = hub.commit("model", ENTRY.repository, files)
    environment = hub.environment(tmp_path / "home")
    remote = fetched(tmp_path / "remote", "hub", environment)
    local = fetched(tmp_path / "local", str(upstream), environment)
    made = {path.name: path.read_bytes() for path in local.iterdir() if path.name != "fetched.json"}
    assert {name: (remote / name).read_bytes() for name in made} == made
    assert len(made) > 3
    assert read_json(tmp_path / "remote/mbert.json")["revision"] == commit
    config = files["config.json"].replace(b'"hidden_size": 32', b'"hidden_size": 64')
    hub.commit("model", ENTRY.repository, files | {"config.json": config})
    again = fetched(tmp_path / "remote", "hub", hub.environment(tmp_path / "other"))  # a cold cache
    assert {name: (again / name).read_bytes() for name in made} == made
    assert read_json(again / "fetched.json")["revision"] == commit

"""What the tests share: a tiny tokenizer and encoder, the mirror of real rows, a pipeline run."""

import dataclasses
import importlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent
# Every task and kind of recipe; the first experiments edit the root's file, not this one.
FULL = ROOT / "suites/pocket-full/params.yaml"
MIRROR = ROOT.parent / "shared" / "data" / "mirror"

sys.path.insert(0, str(ROOT))


@dataclass(frozen=True)
class Processor:
    """A machine as the parameters name one (`waystation.encoder.device.Machine`)."""

    file: str = "params.yaml"
    threads: int = 1
    device: str = "cpu"
    precision: str = "float32"


@pytest.fixture(scope="session")
def mirror() -> Path:
    if not MIRROR.is_dir():
        pytest.skip("the mirror of real rows (shared/data/mirror beside the project) is absent")
    return MIRROR


@pytest.fixture(scope="session")
def params() -> dict:
    return as_default(yaml.safe_load(FULL.read_text()))


@pytest.fixture(scope="session")
def world_knobs():
    from waystation.params.load import load_settings

    return load_settings(FULL).world


@pytest.fixture(scope="session")
def languages(world_knobs):
    from waystation.world import grammar

    return grammar.build(world_knobs.languages, world_knobs.seed)


@pytest.fixture
def config():
    from waystation.encoder.encoder import EncoderConfig

    return EncoderConfig(
        vocab_size=50,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=40,
        initializer_range=0.1,
    )


@pytest.fixture
def encoder(config):
    import torch

    from waystation.encoder.encoder import new_encoder

    return new_encoder(config, torch.Generator().manual_seed(0)).eval()


@pytest.fixture(scope="session")
def word_tokenizer():
    """A word tokenizer trained on a few English lines."""
    from waystation.encoder import tokenizer_training

    lines = [
        "the farmer feed 3 old horse-s in the barn today .",
        "Anna read the book . who did feed the horse ? what did Anna read ?",
        "the baker did not cut the red onion in the kitchen yesterday .",
    ]
    return tokenizer_training.train("word", 200, lambda: lines)


@pytest.fixture(scope="session")
def pieces_tokenizer():
    """BERT's kind of tokenizer, with a few word pieces."""
    from transformers import BertTokenizer

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = "the farmer feed 3 old horse ##s in barn today . Anna read book who what did ? -"
    vocabulary = {token: index for index, token in enumerate(special + words.split())}
    return BertTokenizer(vocab=vocabulary, do_lower_case=False)


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """Finished parts stay with the test that made them."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))


@pytest.fixture
def source(tmp_path):
    """Write tables as a folder in the Hub's layout: {(repo, config, split): rows}."""

    import datasets

    def write(tables):
        cards = {}
        for (repo, config, split), rows in tables.items():
            folder = tmp_path / "hub" / repo / config
            folder.mkdir(parents=True, exist_ok=True)
            table = rows if isinstance(rows, datasets.Dataset) else datasets.Dataset.from_list(rows)
            table.to_parquet(folder / f"{split}.parquet")
            cards.setdefault(repo, []).append((config, split))
        for repo, parts in cards.items():
            configs = {}
            for config, split in parts:
                file = {"split": split, "path": f"{config}/{split}.parquet"}
                configs.setdefault(config, []).append(file)
            told = [{"config_name": c, "data_files": files} for c, files in configs.items()]
            card = f"---\n{yaml.safe_dump({'configs': told})}---\n"
            (tmp_path / "hub" / repo / "README.md").write_text(card)
        return tmp_path / "hub"

    return write


def fetch(prefix, name, out, languages=("en",), limits=(), **more):
    """What the stages `sources` and `download` do, without their command lines."""
    from stages.download import fetch_all
    from waystation.data import downloads, origins, source_rows
    from waystation.params.schema import Source, TaskLimits

    source, own = Source(str(prefix), "", **{"sampled": True} | more), TaskLimits(**dict(limits))
    wanted_languages = source_rows.wanted_languages(name, own, tuple(languages))
    origin = origins.origin(name, wanted_languages, source, {}, {})
    downloads.announce(name, origin)
    wanted = downloads.Download(name, wanted_languages, source, own, origin)
    return downloads.gather(wanted, fetch_all(wanted, "digest"), out)


def revise(monkeypatch, name: str, **fields) -> None:
    """Have a task's file say something else while a test runs."""
    file = importlib.import_module(f"waystation.tasks.{name}")
    monkeypatch.setattr(file, "TASK", dataclasses.replace(file.TASK, **fields))


def run(command: list[str], cwd: Path, check: bool = True, **env: str):
    """Run a command with this interpreter's programs first; returns the finished process."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # As on a user's machine: no PYTHON... setting of this one (one hid a fault of the guard).
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    told = kept | {"PATH": path, "DVC_NO_ANALYTICS": "1"} | env
    done = subprocess.run(command, cwd=cwd, env=told, text=True, capture_output=True)
    if check and done.returncode:
        raise AssertionError(f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done


def committed(name: str) -> str:
    """A file's text in the last commit: what one tries out in the working copy is no fault."""
    command = ["git", "show", f"HEAD:./{name}"]
    done = subprocess.run(command, cwd=ROOT, encoding="utf-8", capture_output=True)
    if done.returncode:
        pytest.skip(f"no commit holds {name}")
    return done.stdout


def as_default(params: dict) -> dict:
    """A generated suite's parameters as those of a project's root, where the default suite is."""
    hub = "data/pocket/hub"
    source = params["source"] | {"prefix": hub, "depends_on": hub}
    return params | {"root": ".", "file": "params.yaml", "suite": "pocket", "source": source}


def copy_project(folder: Path) -> Path:
    """A copy of the project's files as a fresh git repository with DVC."""
    patterns = shutil.ignore_patterns(
        ".git", ".venv", ".scratch", "cache", "tmp", "__pycache__", ".pytest_cache"
    )

    def ignore(home, names):
        own = {"data"} if Path(home) == ROOT else set()
        return own | patterns(home, names)

    folder = folder / "project"
    shutil.copytree(ROOT, folder, ignore=ignore)
    for lock in folder.rglob("dvc.lock"):
        lock.unlink()
    for made in ("metrics", "plots"):
        shutil.rmtree(folder / made, ignore_errors=True)
    run(["git", "init", "-q", "-b", "main"], folder)
    for key, value in (("user.name", "Test"), ("user.email", "test@example.org")):
        run(["git", "config", key, value], folder)
    run(["git", "add", "-A"], folder)
    run(["git", "commit", "-q", "-m", "Start"], folder)
    return folder


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory) -> Path:
    """A whole run of a shrunk pocket suite through DVC, committed.

    The first process of the tests that needs it makes it; each has a copy, and may change it.
    """
    from tests import shrunk

    base = tmp_path_factory.getbasetemp()
    home = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(home / "shrunk.lock"):
        if not (home / "shrunk").is_dir():
            shrunk.make(home / "shrunk.partial").rename(home / "shrunk")
    copy = tmp_path_factory.mktemp("pipeline") / "project"
    return shutil.copytree(home / "shrunk", copy, symlinks=True)


@pytest.fixture
def clean(pipeline):
    """The pipeline; afterwards as it was."""
    from tests import shrunk

    yield pipeline
    shrunk.restore(pipeline)
    run(["dvc", "checkout", "-q", "dvc.yaml"], pipeline)

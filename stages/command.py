"""The frame around every stage: command line, parameters, inputs, outputs, errors.

    with stage(__doc__, inputs=["tokenizer"], outputs=["encoder"], params=["pretrain"]) as run:
        ...run.inputs["tokenizer"], run.outputs["encoder"], run.settings...
        run.made = "an encoder of 104k parameters"

- Paths come from the command line only. Outputs are written beside their place and renamed when
  the stage has succeeded, so that no partial output ever looks whole.
- The inputs' checksums and the parameters are noted at the start; if one has changed when the
  work is done the stage fails, because DVC would record the old result under the new input. So it
  does at once where a module has been edited since its digest was written.
- The process asks to be ended with its parent: a killed `dvc` leaves nothing running.
- Time and peak memory go to `.scratch/runs.jsonl`, on which nothing depends.
"""

import argparse
import ctypes
import hashlib
import json
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from stages import closure
from stages import settings as settings_module
from stages.errors import UserError
from stages.settings import Settings

SCRATCH = ".scratch"
PR_SET_PDEATHSIG = 1


@dataclass
class Run:
    """One run of a stage."""

    name: str
    options: argparse.Namespace
    settings: Settings
    inputs: dict[str, Path]
    outputs: dict[str, Path]
    records: dict[str, Path]
    checksums: dict[str, str]
    params: dict[str, object]
    made: str = ""
    guarded: dict[str, str] = field(default_factory=dict)

    def guard(self, checksums: dict[str, str]) -> None:
        """Have more files, {path: SHA-256}, unchanged when the work is done."""
        self.guarded.update(checksums)

    @property
    def key(self) -> str:
        """A digest of what a result depends on: parameters, options, inputs."""
        told = {"params": self.params, "options": self.options_text, "inputs": self.checksums}
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def options_text(self) -> dict[str, str]:
        return {k: str(v) for k, v in vars(self.options).items() if k not in self.outputs}

    def made_from(self) -> dict:
        """What a metrics file says of its origin: checksums, settings, versions of libraries."""
        return {
            "inputs_sha256": self.checksums,
            "options": {k: v for k, v in vars(self.options).items() if isinstance(v, str)},
            **self.settings.arithmetic,
            "versions": {name: metadata.version(name) for name in ("torch", "tokenizers")},
        }

    @property
    def scratch(self) -> Path:
        """A folder outside DVC's outputs for checkpoints of this very run."""
        return scratch_root() / f"{self.name}-{self.key[:16]}"


def scratch_root() -> Path:
    """The scratch folder, shared with the temporary copies in which DVC runs experiments."""
    return Path(os.environ.get("DVC_ROOT", ".")) / SCRATCH


@contextmanager
def stage(
    doc: str,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    options: Sequence[str] = (),
    params: Sequence[str] = (),
    planned: Sequence[str] = (),
    records: Sequence[str] = (),
) -> Iterator[Run]:
    """Run a stage's body; see the module's text. `params` are dotted keys, `models.{model}`.

    `planned` are inputs of which only some files are read: those that the input `plan` names with
    their checksums, for which `Run.guard` is called. `records` are small files in git, neither
    input nor output for DVC: the stage makes one when there is none, and holds to it afterwards.
    """
    started = time.monotonic()
    end_with_parent()
    name = Path(sys.argv[0]).stem
    args = _parse(doc, name, [*inputs, *planned], outputs, options, records)
    try:
        run = _start(name, args, inputs, planned, outputs, params, records)
        yield run
        _check_unchanged(run, args.params, params)
        for key, beside in run.outputs.items():
            _publish(beside, getattr(args, key))
        shutil.rmtree(run.scratch, ignore_errors=True)
        cell = "-".join([getattr(args, option) for option in options])
        seconds = time.monotonic() - started
        title = f"{name}@{cell}" if cell else name
        _note(title, run.settings.suite, seconds)
        print(f"{title}: {run.made} ({seconds:.1f} s)", flush=True)
    except UserError as problem:
        _fail(name, str(problem))
    except OSError as problem:
        _fail(name, f"{problem.filename or ''}: {problem.strerror or problem}".lstrip(": "))


def _parse(doc, name, inputs, outputs, options, records) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m stages.{name}",
        description=doc,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--params", type=Path, required=True, help="the suite's params.yaml")
    for option in options:
        parser.add_argument(f"--{option}", required=True, help=f"which {option}")
    for key in inputs:
        parser.add_argument(f"--{key}", type=Path, required=True, help="input, must exist")
    for key in outputs:
        parser.add_argument(f"--{key}", type=Path, required=True, help="output, written whole")
    for key in records:
        parser.add_argument(f"--{key}", type=Path, required=True, help="record, kept in git")
    return parser.parse_args()


def _start(name, args, inputs, planned, outputs, params, records) -> Run:
    settings = settings_module.load(args.params)
    paths = {key: getattr(args, key) for key in (*inputs, *planned)}
    for key, path in paths.items():
        if not path.exists():
            raise UserError(f"--{key}: {path} does not exist")
    if "code" in inputs:
        closure.check(paths["code"])
    run = Run(
        name=name,
        options=args,
        settings=settings,
        inputs=paths,
        outputs={key: _beside(getattr(args, key)) for key in outputs},
        records={key: getattr(args, key) for key in records},
        checksums={str(paths[key]): checksum(paths[key]) for key in inputs},
        params=_values(settings, params, args),
    )
    for beside in run.outputs.values():
        hold_writable(beside.parent)
        remove(beside)
    hold_writable(scratch_root())
    return run


def hold_writable(folder: Path) -> None:
    """Make a folder, or refuse one that cannot be written to: before the work, not after it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(f"{folder}: this folder cannot be written to")


def _values(settings: Settings, params: Sequence[str], args: argparse.Namespace) -> dict:
    keys = [key.format(**vars(args)) for key in params]
    return {key: settings.at(key) for key in keys}


def _check_unchanged(run: Run, file: Path, params: Sequence[str]) -> None:
    for path, before in (run.checksums | run.guarded).items():
        if not Path(path).exists() or checksum(Path(path)) != before:
            raise UserError(f"input {path} changed while the stage ran; run it again")
    if _values(settings_module.load(file), params, run.options) != run.params:
        raise UserError(f"parameters in {file} changed while the stage ran; run it again")


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")


def _publish(beside: Path, path: Path) -> None:
    if not beside.exists():
        raise UserError(f"the stage has not written its output {path}")
    remove(path)
    beside.rename(path)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def checksum(path: Path) -> str:
    """SHA-256 of a file, or of a folder's relative names and contents in sorted order."""
    digest = hashlib.sha256()
    if path.is_file():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        digest.update(f"{file.relative_to(path)}\0{checksum(file)}\n".encode())
    return digest.hexdigest()


def write_json(path: Path, value: object) -> None:
    """Write readable JSON with a newline at its end; NaN is refused."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> object:
    """Read JSON; a file cut short is named."""
    try:
        return json.loads(path.read_text())
    except json.JSONDecodeError as problem:
        raise UserError(f"{path} is not whole JSON: {problem}") from None


def _note(title: str, suite: str, seconds: float) -> None:
    """Note time and memory in a side file that no stage depends on: a line a run."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    told = {"stage": title, "suite": suite, "ended": now}
    told |= {"stage_sec": round(seconds, 2), "peak_rss_mib": round(peak)}
    scratch_root().mkdir(parents=True, exist_ok=True)  # removed under way, it may not be there
    with (scratch_root() / "runs.jsonl").open("a") as stream:
        stream.write(json.dumps(told) + "\n")


def end_with_parent() -> None:
    """Ask for SIGTERM when the thread that started this process ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _fail(name: str, text: str) -> None:
    print(f"{name}: error: {text}", file=sys.stderr, flush=True)
    raise SystemExit(1) from None

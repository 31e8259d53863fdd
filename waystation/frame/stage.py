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
import hashlib
import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from waystation.base.errors import UserError, one_line
from waystation.base.process import end_with_parent, scratch_root
from waystation.files import checksum, whole
from waystation.frame import code_digest
from waystation.frame.suite_check import read_suite
from waystation.grid.cells import arithmetic
from waystation.params.load import load_settings
from waystation.params.schema import Settings


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
    params: dict[str, Any]
    made: str = ""
    guarded: dict[str, str] = field(default_factory=dict)

    def guard(self, checksums: dict[str, str]) -> None:
        """Have more files, {path: SHA-256}, unchanged when the work is done."""
        self.guarded.update(checksums)

    @property
    def key(self) -> str:
        """A digest of what a result depends on: parameters, options, inputs."""
        origin = {"params": self.params, "options": self.options_text, "inputs": self.checksums}
        return hashlib.sha256(json.dumps(origin, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def options_text(self) -> dict[str, str]:
        return {k: str(v) for k, v in vars(self.options).items() if k not in self.outputs}

    def made_from(self) -> dict:
        """What a metrics file says of its origin: checksums, settings, versions of libraries."""
        return {
            "inputs_sha256": self.checksums,
            "options": {k: v for k, v in vars(self.options).items() if isinstance(v, str)},
            **arithmetic(self.settings),
            "versions": {name: metadata.version(name) for name in ("torch", "tokenizers")},
        }

    @property
    def scratch(self) -> Path:
        """A folder outside DVC's outputs for checkpoints of this very run."""
        return scratch_root() / f"{self.name}-{self.key[:16]}"


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
        with ExitStack() as outs:
            run = _start(name, args, inputs, planned, outputs, params, records, outs)
            yield run
            _check_unchanged(run, args.params, params)
            _check_written(run)
        shutil.rmtree(run.scratch, ignore_errors=True)
        cell = "-".join([getattr(args, option) for option in options])
        seconds = time.monotonic() - started
        title = f"{name}@{cell}" if cell else name
        _note(title, run.settings.suite, seconds)
        print(f"{title}: {run.made} ({seconds:.1f} s)", flush=True)
    except (UserError, OSError) as problem:
        print(f"{name}: error: {one_line(problem)}", file=sys.stderr, flush=True)
        raise SystemExit(1) from None


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


def _start(name, args, inputs, planned, outputs, params, records, outs: ExitStack) -> Run:
    settings = read_suite(args.params)
    paths = {key: getattr(args, key) for key in (*inputs, *planned)}
    for key, path in paths.items():
        if not path.exists():
            raise UserError(f"--{key}: {path} does not exist")
    if "code" in inputs:
        code_digest.check(paths["code"])
    run = Run(
        name=name,
        options=args,
        settings=settings,
        inputs=paths,
        outputs={},
        records={key: getattr(args, key) for key in records},
        checksums={str(paths[key]): checksum(paths[key]) for key in inputs},
        params=_values(settings, params, args),
    )
    for key in outputs:
        hold_apart(key, getattr(args, key), paths)
        hold_writable(getattr(args, key).parent)
    hold_writable(scratch_root())
    run.outputs |= {key: outs.enter_context(whole(getattr(args, key))) for key in outputs}
    return run


def hold_apart(key: str, out: Path, inputs: dict[str, Path]) -> None:
    """Refuse an output that would take an input's place, or lie in one."""
    for name, path in inputs.items():
        written, read = out.resolve(), path.resolve()
        if (
            written == read
            or written in read.parents
            or (path.is_dir() and read in written.parents)
        ):
            raise UserError(f"--{key}: {out} is, holds or lies in --{name}, {path}")


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
    if _values(load_settings(file), params, run.options) != run.params:
        raise UserError(f"parameters in {file} changed while the stage ran; run it again")


def _check_written(run: Run) -> None:
    for key, beside in run.outputs.items():
        if not beside.exists():
            path = getattr(run.options, key)
            raise UserError(f"the stage has not written its output {path}")


def _note(title: str, suite: str, seconds: float) -> None:
    """Note time and memory in a side file that no stage depends on: a line a run.

    The memory of a stage that runs in a fork counts what the fork shares with the runner.
    """
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    note: dict[str, Any] = {"stage": title, "suite": suite, "ended": now}
    note |= {"stage_sec": round(seconds, 2), "peak_rss_mib": round(peak)}
    scratch_root().mkdir(parents=True, exist_ok=True)  # removed under way, it may not be there
    with (scratch_root() / "runs.jsonl").open("a") as stream:
        stream.write(json.dumps(note) + "\n")

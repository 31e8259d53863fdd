"""Results in git: what a suite's report reads, so that a clone reports without training again.

A suite whose folder has `results/` keeps one archive there for each stage: its metrics and its
predictions, no rows and no models. A clone unpacks what its dvc.lock names, and DVC takes the files
as the outputs that they are. Whatever the archive holds, DVC's checksums decide.
"""

import io
import json
import lzma
import sys
import tarfile
import tempfile
from functools import partial
from pathlib import Path

from dvc.output import Output
from dvc.stage import Stage

from waystation.files import remove, whole
from waystation.runner.dvc_graph import Stages, is_result, read_stages

FOLDER = "results"
LEVEL = 9 | lzma.PRESET_EXTREME
HEADER = "waystation.md5"  # {path from the root: MD5 that dvc.lock has}


def folder_of(file: Path) -> Path | None:
    """Where the suite of a dvc.yaml keeps results; None where it keeps none."""
    folder = file.parent / FOLDER
    return folder if folder.is_dir() else None


def restore(file: Path) -> int:
    """Unpack what dvc.lock names and the workspace lacks; returns of how many stages."""
    if (folder := folder_of(file)) is None:
        return 0
    return read_stages(file, partial(_restore, folder=folder))


def keep(file: Path) -> None:
    """Bring the archives in line with dvc.lock and the workspace."""
    if (folder := folder_of(file)) is not None:
        read_stages(file, partial(_keep, folder=folder))


def is_held(file: Path, stage: str) -> bool:
    """Whether the suite keeps results of a stage."""
    folder = folder_of(file)
    return folder is not None and archive(folder, stage).is_file()


def archive(folder: Path, stage: str) -> Path:
    return folder / f"{stage.replace('/', '_')}.tar.xz"


def _restore(stages: Stages, folder: Path) -> int:
    count = 0
    for stage in stages:
        file = archive(folder, stage.name)
        absent = [out for out in _results(stage) if not out.exists]
        if absent and file.is_file():
            count += _unpacked(file, stage, absent)
    return count


def _unpacked(file: Path, stage: Stage, absent: list[Output]) -> bool:
    """Whether the archive had those outputs, as dvc.lock names them."""
    root = Path(stage.repo.root_dir)
    with tempfile.TemporaryDirectory(dir=root / stage.repo.tmp_dir) as room:
        try:
            with opened(file) as packed:
                if not _sums(absent).items() <= _held(packed).items():
                    return False  # of another state of the suite
                packed.extractall(room, filter="data")
        except (tarfile.TarError, lzma.LZMAError, EOFError, ValueError) as problem:
            print(f"{file}: {problem or 'cut short'}; not used", file=sys.stderr, flush=True)
            return False
        for out in absent:
            place = Path(out.fs_path)
            with whole(place) as beside:
                (Path(room) / place.relative_to(root)).rename(beside)
            if out.workspace_status():
                remove(place)
                print(f"{file}: not what it says; not used", file=sys.stderr, flush=True)
                return False
            out.commit()
    return True


def opened(file: Path) -> tarfile.TarFile:
    """Read whole: a file that is cut short in the middle of its end marks has all members."""
    return tarfile.open(fileobj=io.BytesIO(lzma.decompress(file.read_bytes())))


def _keep(stages: Stages, folder: Path) -> None:
    stored = {archive(folder, stage.name): stage for stage in stages}
    for file in folder.glob("*.tar.xz"):
        if file not in stored:
            file.unlink()
    for file, stage in stored.items():
        outs = _results(stage)
        if outs and not any(out.status() for out in outs) and _sums(outs) != _sums_in(file):
            with whole(file) as beside:
                _pack(beside, outs, Path(stage.repo.root_dir))


def _results(stage: Stage) -> list[Output]:
    return [out for out in stage.outs if out.use_cache and out.hash_info and is_result(out)]


def _sums(outs: list[Output]) -> dict[str, str]:
    return {
        Path(out.fs_path).relative_to(out.repo.root_dir).as_posix(): out.hash_info.value
        for out in outs
    }


def _held(packed: tarfile.TarFile) -> dict[str, str]:
    return json.loads(packed.pax_headers.get(HEADER, "{}"))


def _sums_in(file: Path) -> dict[str, str] | None:
    try:
        with opened(file) as packed:
            return _held(packed)
    except (OSError, EOFError, tarfile.TarError, lzma.LZMAError, ValueError):
        return None


def _pack(file: Path, outs: list[Output], root: Path) -> None:
    """The same files give the same bytes: no times, no owners, sorted names."""
    with (
        lzma.open(file, "wb", preset=LEVEL) as stream,
        tarfile.open(
            fileobj=stream,
            mode="w",
            format=tarfile.PAX_FORMAT,
            pax_headers={HEADER: json.dumps(_sums(outs), sort_keys=True)},
        ) as packed,
    ):
        for out in outs:
            top = Path(out.fs_path)
            for path in (
                [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file())
            ):
                data = path.read_bytes()
                member = tarfile.TarInfo(path.relative_to(root).as_posix())
                member.size = len(data)
                packed.addfile(member, io.BytesIO(data))

"""Results in git: what a suite's report reads, so that a clone reports without training again.

A suite whose folder has `results/` keeps one archive there for each stage: its metrics and its
predictions, no rows and no models. A clone unpacks what its dvc.lock names, and DVC takes the files
as the outputs that they are. Whatever the archive holds, DVC's checksums decide.
"""

import sys
from functools import partial
from pathlib import Path

from dvc.output import Output
from dvc.stage import Stage

from waystation.files import remove, whole
from waystation.result_archives import ENDING, FOLDER, Archive, name, pack, unpack
from waystation.runner.dvc_graph import Stages, is_result, read_stages


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
    return folder is not None and (folder / name(stage)).is_file()


def _restore(stages: Stages, folder: Path) -> int:
    count = 0
    for stage in stages:
        absent = [out for out in _results(stage) if not out.exists]
        file = folder / name(stage.name)
        stored = _read(file) if absent else None
        if stored and _md5s(absent).items() <= stored.md5s.items():
            count += all(_restored(out, stored, file) for out in absent)
    return count


def _restored(out: Output, stored: Archive, file: Path) -> bool:
    """Whether an output is now there as dvc.lock names it."""
    place = Path(out.fs_path)
    with whole(place) as beside:
        if out.hash_info.isdir:
            beside.mkdir()  # a folder without files is an output too
        for inner, data in stored.below(_path(out)).items():
            target = beside / inner if inner else beside
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    if out.workspace_status():
        remove(place)
        print(f"{file}: {_path(out)} is not what it says; not used", file=sys.stderr, flush=True)
        return False
    out.commit()
    return True


def _keep(stages: Stages, folder: Path) -> None:
    files = {folder / name(stage.name): stage for stage in stages}
    for file in folder.glob(f"*{ENDING}"):
        if file not in files:
            file.unlink()
    for file, stage in files.items():
        outs = _results(stage)
        if not outs or any(out.status() for out in outs):
            continue
        stored = _read(file)
        if stored is None or stored.md5s != _md5s(outs):
            with whole(file) as beside:
                beside.write_bytes(pack(Path(stage.repo.root_dir), _md5s(outs)))


def _read(file: Path) -> Archive | None:
    """None where there is none that can be read."""
    try:
        return unpack(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as problem:
        print(f"{file}: {problem}; not used", file=sys.stderr, flush=True)
        return None


def _results(stage: Stage) -> list[Output]:
    return [out for out in stage.outs if out.use_cache and out.hash_info and is_result(out)]


def _path(out: Output) -> str:
    return Path(out.fs_path).relative_to(out.repo.root_dir).as_posix()


def _md5s(outs: list[Output]) -> dict[str, str]:
    return {_path(out): out.hash_info.value for out in outs}

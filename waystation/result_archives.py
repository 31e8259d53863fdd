"""An archive of a stage's results: small files in one, with the MD5 of each output in dvc.lock.

The same files give the same bytes: there are no times and no owners, and names are sorted.
"""

import io
import json
import lzma
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = "results"  # beside a suite's dvc.yaml
ENDING = ".tar.xz"
LEVEL = 9 | lzma.PRESET_EXTREME
HEADER = "waystation.md5"


@dataclass(frozen=True)
class Archive:
    """What an archive holds; paths start at the project's root."""

    md5s: dict[str, str]  # of the outputs, files and folders
    files: dict[str, bytes]

    def below(self, output: str) -> dict[str, bytes]:
        """{path in the output: bytes}; the path of an output that is a file is empty."""
        inner = {path: path.removeprefix(output).removeprefix("/") for path in self.files}
        own = {path for path in inner if path == output or path.startswith(f"{output}/")}
        return {inner[path]: self.files[path] for path in own}


def name(stage: str) -> str:
    """The file's name for a stage."""
    return stage.replace("/", "_") + ENDING


def pack(root: Path, md5s: Mapping[str, str]) -> bytes:
    """An archive of outputs, {path from the root: MD5}."""
    stream = io.BytesIO()
    header = {HEADER: json.dumps(md5s, sort_keys=True)}
    with tarfile.open(
        fileobj=stream, mode="w", format=tarfile.PAX_FORMAT, pax_headers=header
    ) as packed:
        for output in sorted(md5s):
            top = root / output
            found = [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file())
            for path in found:
                data = path.read_bytes()
                member = tarfile.TarInfo(path.relative_to(root).as_posix())
                member.size = len(data)
                packed.addfile(member, io.BytesIO(data))
            if not found:  # a header alone is no archive to tarfile
                member = tarfile.TarInfo(output)
                member.type = tarfile.DIRTYPE
                packed.addfile(member)
    return lzma.compress(stream.getvalue(), preset=LEVEL)


def unpack(data: bytes) -> Archive:
    """What `pack` packed; a ValueError says what is wrong with other bytes."""
    try:
        with tarfile.open(fileobj=io.BytesIO(lzma.decompress(data))) as packed:
            md5s = json.loads(packed.pax_headers.get(HEADER, "{}"))
            members = {m.name: packed.extractfile(m) for m in packed.getmembers() if m.isfile()}
            files = {path: stream.read() for path, stream in members.items() if stream}
    except (lzma.LZMAError, tarfile.TarError, EOFError, ValueError) as problem:
        raise ValueError(f"not an archive of results: {problem or 'cut short'}") from None
    if not isinstance(md5s, dict) or not all(isinstance(md5, str) for md5 in md5s.values()):
        raise ValueError(f"not an archive of results: {HEADER} is no mapping of paths to MD5")
    for path in (*files, *md5s):
        if path.startswith("/") or ".." in path.split("/"):  # the archive may be a stranger's
            raise ValueError(f"not an archive of results: {path!r} leads out of the project")
    return Archive(md5s, files)

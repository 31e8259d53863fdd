"""Record one stage in dvc.lock without reading and writing all the others; mend a file cut short.

DVC parses the whole file and writes it anew for every stage, while all other commands wait for its
lock: in a suite of three hundred stages seconds for each of them. An entry's text does not depend
on its neighbours, so that only its own lines need to be exchanged; the bytes are DVC's. Only a list
that the parameters name twice is written out twice: DVC numbers anchors over the whole file.
"""

import re
from pathlib import Path

from dvc.dvcfile import Lockfile
from dvc.stage import serialize
from dvc.utils.serialize import (
    YAMLFileCorruptedError,
    dumps_yaml,
    parse_yaml,
    parse_yaml_for_update,
)
from voluptuous import Invalid

from waystation.files import whole

HEAD = "schema: '2.0'\nstages:\n"
INDENT = "  "


def record_entries_alone() -> None:
    """Have DVC record stages in this way from now on, in this process and its forks."""
    Lockfile.dump_stages = dump_stages


def dump_stages(self: Lockfile, stages: list, **kwargs) -> None:
    """What `Lockfile.dump_stages` does."""
    file = Path(self.path)
    text = before = file.read_text(encoding="utf-8") if file.is_file() else HEAD
    for stage in stages:
        entry = serialize.to_lockfile(stage, **kwargs)
        text = with_entry(text, entry) or rewritten(text, entry)
    if text != before:
        write_whole(file, text)
        self.repo.scm_context.track_file(self.relpath)


def write_whole(file: Path, text: str) -> None:
    """Whenever the process ends, the file is as before or as it is to be."""
    with whole(file) as beside:
        beside.write_text(text, encoding="utf-8")


def mend(file: Path) -> bool:
    """Take the last entry from a lock file in whose writing DVC was ended; False if it was not.

    DVC empties the file and writes it from the beginning, so that what is there is right, the end
    apart. The stages whose entries are lost come back from DVC's run cache.
    """
    text = file.read_text(encoding="utf-8", errors="replace")
    if is_whole(text):
        return False
    lines = text.splitlines(keepends=True)
    first = max((n for n, line in enumerate(lines) if n > 1 and starts_entry(line)), default=2)
    kept = "".join(lines[:first])
    if HEAD.startswith(kept):
        file.unlink()
    elif is_whole(kept):
        write_whole(file, kept)
    else:  # it is not its end that is wrong
        return False
    print(f"{file} is not whole, DVC was ended while writing it: its last entry is taken out")
    return True


def is_whole(text: str) -> bool:
    try:
        Lockfile.SCHEMA(parse_yaml(text, "dvc.lock"))
    except (Invalid, YAMLFileCorruptedError):
        return False
    return True


def with_entry(text: str, entry: dict) -> str | None:
    """The text of a lock file with {name: what is recorded}; None if its form is not known."""
    if not text.startswith(HEAD):
        return None
    block = dumps_yaml({"stages": unshared(entry)}).partition("\n")[2]
    title = block[: block.index("\n") + 1]
    if not title.endswith(":\n") or not starts_entry(title):  # a name of another form
        return None
    lines = text.splitlines(keepends=True)
    if not all(line.startswith(INDENT) for line in lines[2:]):  # more than stages
        return None
    if title not in lines:
        return text + block
    first = lines.index(title)
    last = first + 1
    while last < len(lines) and not starts_entry(lines[last]):
        last += 1
    others = "".join(lines[:first] + lines[last:])
    anchors = re.findall(r"&(\w+)\n", "".join(lines[first:last]))
    if any(f"*{anchor}\n" in others for anchor in anchors):  # others read this entry's lists
        return None
    return "".join([*lines[:first], block, *lines[last:]])


def rewritten(text: str, entry: dict) -> str:
    """The same by DVC's way, for a file of any form: read and write all of it."""
    data = parse_yaml_for_update(text, "dvc.lock")
    data.setdefault("schema", "2.0")
    data["stages"] = (data.get("stages") or {}) | entry
    return dumps_yaml(data)


def unshared(value):
    """The same value, no list or mapping of which stands in it twice."""
    if isinstance(value, dict):
        return {key: unshared(part) for key, part in value.items()}
    return [unshared(part) for part in value] if isinstance(value, list | tuple) else value


def starts_entry(line: str) -> bool:
    """Whether a line is the name of a stage."""
    return line.startswith(INDENT) and line[2:3] not in " ?#-\n"

"""Read and check a whole `params.yaml`: the only reader of that file."""

import dataclasses
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from waystation.base.errors import UserError
from waystation.params import checks
from waystation.params.schema import FineTuning, Settings
from waystation.params.typed import build
from waystation.params.yaml_files import line_of, read_yaml

UNKNOWN = re.compile(r"(?:([^\s:]+): )?unknown key '(.*?)'")


def load_settings(path: Path) -> Settings:
    """Read and check a whole `params.yaml`."""
    if not path.is_file():
        raise UserError(f"no parameters file {path}")
    raw = read_yaml(path)
    with located(path):
        settings = build(Settings, with_the_section_s_values(raw), str(path))
        checks.check(settings)
    return settings


@contextmanager
def located(path: Path) -> Iterator[None]:
    """Have errors that begin with a parameters file and a key's path tell the line, too."""
    try:
        yield
    except UserError as problem:
        file, _, text = str(problem).partition(": ")
        unknown = UNKNOWN.match(text)
        key = ".".join(filter(None, unknown.groups())) if unknown else re.split(r":| ", text)[0]
        line = line_of(path, key) if Path(file).name == path.name else None
        if line is None:
            raise
        raise UserError(f"{file}, line {line}: {text}") from None


def with_the_section_s_values(raw: Any) -> Any:
    """Give each of `intermediate.tasks` and `target.tasks` those values of its section that the
    task does not set itself. What is not of this form is left as it is, for `build` to name."""
    if not isinstance(raw, dict):
        return raw
    shared = [field.name for field in dataclasses.fields(FineTuning)]
    sections = {}
    for name in ("intermediate", "target"):
        section = raw.get(name)
        if isinstance(section, dict) and isinstance(section.get("tasks"), dict):
            values = {key: section[key] for key in shared if key in section}
            tasks = {
                task: values | (own or {}) if isinstance(own, dict | None) else own
                for task, own in section["tasks"].items()
            }
            sections[name] = section | {"tasks": tasks}
    return raw | sections

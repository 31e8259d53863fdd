"""Read and check a whole `params.yaml`: the only reader of that file."""

import dataclasses
from pathlib import Path
from typing import Any

import yaml

from waystation.base.errors import UserError
from waystation.params import checks
from waystation.params.schema import FineTuning, Settings
from waystation.params.typed import build


def load_settings(path: Path) -> Settings:
    """Read and check a whole `params.yaml`."""
    if not path.is_file():
        raise UserError(f"no parameters file {path}")
    try:
        raw = yaml.safe_load(path.read_text())
    except yaml.YAMLError as problem:
        raise UserError(f"{path} is not YAML: {problem}") from None
    settings = build(Settings, with_the_section_s_values(raw), str(path))
    checks.check(settings)
    return settings


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

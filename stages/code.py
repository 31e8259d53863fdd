"""Write one digest file per entry point over its import closure, so that DVC sees imports.

DVC hashes bytes and does not see imports. Every other stage depends on just its own file here: a
line per module of the closure, with a digest of its syntax tree. Comments, layout and docstrings do
not count, nor do the rooms that only run a stage (`waystation.frame.code_digest` names them).
`waystation.frame.entry_points` says from which modules each closure starts.
"""

from pathlib import Path

from waystation.base.errors import UserError
from waystation.base.progress import progress
from waystation.files import checksum
from waystation.frame.code_digest import PACKAGES, written
from waystation.frame.entry_points import entry_points
from waystation.frame.stage import stage
from waystation.params.schema import Settings


def main() -> None:
    with stage(
        __doc__,
        planned=["stages"],
        outputs=["out"],
        params=[
            "source",
            "generators",
            "tasks",
            "recipes",
            "extra",
            "multitask",
            "orders",
            "intermediate",
            "target",
            "align",
            "trim",
        ],
    ) as run:
        check_source(run.settings)
        # Only sources: Python writes its caches beside them while this stage runs.
        sources = [file for package in PACKAGES for file in Path(package).rglob("*.py")]
        run.guard({str(file): checksum(file) for file in sources})
        entries = entry_points(run.settings)
        for name, modules in progress(entries.items(), len(entries), "code", "entry points"):
            file = run.outputs["out"] / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(written(modules))
        run.made = f"{len(entries)} entry points"


def check_source(settings: Settings) -> None:
    """Say which parameter names a folder that is not there; DVC would only say `No such file`."""
    file = Path(settings.source.depends_on)
    if not settings.generators and not file.exists():
        raise UserError(
            f"{settings.file}: source.depends_on: {file} does not exist; a suite of real rows "
            f"needs a folder in the Hub's layout there, as source.prefix, or the prefix `hub`"
        )


if __name__ == "__main__":
    main()

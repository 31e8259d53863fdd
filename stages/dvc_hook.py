"""Have every `dvc` of this environment write dvc.lock as `stages.run` does, whole or not at all,
and name a parameter that DVC's templates cannot expand.

DVC empties the file and writes it from the beginning. Killed between, it leaves a file that it
refuses, and it has no setting or plug-in for another way. So `make setup` puts a file `.pth` into
the environment, a line that Python runs at every start: it runs this file, which waits for those of
DVC's modules that it changes and does so as soon as one is loaded. By their paths, not as `stages`:
in a copy of the project, as the queue of experiments makes them, that name is for the copy's
modules. Where the project is not at its place any more, nothing changes.
"""

import importlib.util
import sys
from pathlib import Path

NAME = "dvc_hook"  # under which Python runs this file at its start
PTH = "import pathlib; p = pathlib.Path({!r}); p.is_file() and exec(p.read_text(), {!r})\n"
CHANGES = {  # DVC's module: the file and the function that change it
    "dvc.dvcfile": ("lock_file", "record_entries_alone"),
    "dvc.parsing": ("dvc_templates", "name_wrong_lists"),
}


def main() -> None:
    place().write_text(line(Path(__file__).resolve()), encoding="utf-8")


def place() -> Path:
    """The file in this environment."""
    import sysconfig

    return Path(sysconfig.get_path("purelib"), "dvc_lock_whole.pth")


def line(here: Path) -> str:
    return PTH.format(str(here), {"__name__": NAME, "__file__": str(here)})


class Hook:
    """A finder of modules that knows a few, and forgets each when it is asked for."""

    left = dict(CHANGES)

    @classmethod
    def find_spec(cls, name: str, path=None, target=None):
        if name not in cls.left:
            return None
        file, function = cls.left.pop(name)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def load_and_change(module) -> None:
            load(module)
            place = Path(__file__).with_name(f"{file}.py")
            found = importlib.util.spec_from_file_location(f"dvc_{file}", place)
            changes = importlib.util.module_from_spec(found)
            found.loader.exec_module(changes)
            getattr(changes, function)()

        spec.loader.exec_module = load_and_change
        return spec


if __name__ == "__main__":
    main()
elif __name__ == NAME:
    sys.meta_path.insert(0, Hook)

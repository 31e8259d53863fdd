"""One module a command of `python -m waystation`; the file's name is the command's."""

from pathlib import Path

from waystation.base.errors import UserError


def hold_new(out: Path) -> None:
    """Refuse a folder that is there: a whole one would take the place of what it holds."""
    if out.exists() or out.is_symlink():
        raise UserError(f"--out: {out} exists already; name a new folder")


def hold_outside(out: Path, *folders: Path) -> None:
    """Refuse a file among those that are read."""
    for folder in folders:
        if folder.resolve() in out.resolve().parents:
            raise UserError(f"--out: {out} lies in {folder}, which is read; name another place")

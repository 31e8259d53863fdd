"""Turn a release that no Hub has into a folder of rows in the Hub's layout.

  python -m waystation convert ccgbank --auto DATA/AUTO --out HUB/local/ccgbank

Releases: {releases}. `python -m waystation convert <release> --help` says what each reads.
"""

import argparse
import importlib
import pkgutil
from pathlib import Path

from waystation.commands import hold_new
from waystation.data import releases

NAMES = sorted(entry.name for entry in pkgutil.iter_modules(releases.__path__))
__doc__ = __doc__.format(releases=", ".join(NAMES))


def add_options(parser: argparse.ArgumentParser) -> None:
    """A release names its option in OPTION, (name, help)."""
    release = parser.add_subparsers(dest="release", required=True, metavar="RELEASE")
    for name in NAMES:
        module = importlib.import_module(f"{releases.__name__}.{name}")
        option, about = module.OPTION
        one = release.add_parser(
            name,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.add_argument(f"--{option}", dest="folder", type=Path, required=True, help=about)
        one.add_argument("--out", type=Path, required=True, help="new folder for the rows")
        one.set_defaults(convert=module.convert)


def main(options: argparse.Namespace) -> None:
    hold_new(options.out)
    made = options.convert(options.folder, options.out)
    print(f"{options.release}: {made} in {options.out}")

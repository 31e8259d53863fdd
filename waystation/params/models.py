"""What parameters say of a model: its shape, and where its weights come from."""

import re
from dataclasses import dataclass, field
from typing import Annotated

from waystation.params.typed import Allowed, BelowOne, Count, Depth, Seed, Size, Small

REPOSITORY = Allowed(
    "owner/name as the Hub writes it, no address, blank, `.git` or `@revision`",
    lambda name: (
        re.fullmatch(r"(\b[\w.-]{1,96}\b/)?\b[\w.-]{1,96}\b", name, re.ASCII)
        and not re.search(r"--|\.\.|\.git$", name, re.IGNORECASE)
    ),
)
REVISION = Allowed(
    "40 hex digits or unpinned", lambda text: re.fullmatch("[0-9a-f]{40}|unpinned", text)
)


@dataclass(frozen=True)
class Model:
    """The shape of an encoder."""

    layers: Depth
    hidden: Size
    heads: Size
    intermediate: Size
    positions: Size


@dataclass(frozen=True)
class ScratchModel(Model):
    """An XLM-R that is pretrained here."""

    initializer_range: Small
    dropout: BelowOne
    seed: Seed


SHA256 = Allowed("64 hex digits", lambda text: re.fullmatch("[0-9a-f]{64}", text))
PINNED = Allowed("<package>==<version>", lambda text: re.fullmatch(r"[\w.-]+==[\w.]+", text))


@dataclass(frozen=True)
class PackageFile:
    """A file of an installed Python package; `path` below the folder of installed packages."""

    package: Annotated[str, PINNED]
    path: str
    sha256: Annotated[str, SHA256]


@dataclass(frozen=True)
class FetchedModel(Model):
    """A pretrained model of the Hub; `files` {name: SHA-256 or "unpinned"}.

    `packages` are files of Python packages that are taken where `source.prefix` is a folder that
    has no such repository: `four_bits` (waystation.fetched.four_bits) and `tokenizer.json`.
    `checkpoint_layers`: of so many layers the first `layers` are taken (Sajjad et al. 2020, arXiv
    2004.03844); all of them where none is named. `dropout`: in place of the config's. `seed` draws
    the weights of the recipe `random`; 0 where none is named.
    """

    repository: Annotated[str, REPOSITORY]
    revision: Annotated[str, REVISION]
    license: str
    architecture: str
    vocabulary: Size
    files: dict[str, str]
    packages: dict[str, PackageFile] = field(default_factory=dict)
    checkpoint_layers: Count | None = None
    dropout: BelowOne | None = None
    seed: Seed | None = None

"""The Hugging Face Hub: commits, rows of data sets, files of models. Only this module asks it.

- Everything is read at one commit, so that a branch which moves changes nothing.
- A busy server is waited for. A file that was cut is continued where it ends, also by a later run,
  and takes its place in the local cache only when it has the Hub's checksum.
- Rows of the Hub are read like those of a local folder: from a small folder in the Hub's layout
  with links to the files of one configuration and split. Only these are fetched, and where that
  folder stands no network is needed.

What the libraries read from the environment counts: HF_ENDPOINT, HF_HOME, HF_HUB_OFFLINE, HF_TOKEN.
"""

import contextlib
import functools
import itertools
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from waystation.base.errors import UserError, choose
from waystation.files import checksum, remove, whole
from waystation.hub.builders import (
    Stored,
    prepared_builder,
    row_builder,
    stored_columns,
    without_scripts,
)
from waystation.hub.cache import fetch, forget
from waystation.hub.problems import explained, patiently

FULL_REVISION = re.compile(r"[0-9a-f]{40}")
CONVERTED = "refs/convert/parquet"  # the Hub's own conversion: <configuration>/<split>/0000.parquet


def resolve(repository: str, revision: str, kind: str) -> str:
    """The commit that "unpinned" means: where main is now, printed; a full revision stays.

    `kind` is dataset or model. Without a network: where main was when it was last asked for.
    """
    if FULL_REVISION.fullmatch(revision):
        return revision
    if revision != "unpinned":
        raise UserError(
            f"{kind} {repository}: revision {revision!r}; allowed: 40 hex digits or 'unpinned'"
        )
    commit = _commit(repository, "main", kind)
    print(f"hub: {kind} {repository} is not pinned; using revision {commit}", flush=True)
    return commit


def rows_revision(repository: str, commit: str) -> str:
    """The commit of a data set that holds its rows.

    That is the commit itself, or, where it has a loading script in place of rows, the Hub's
    conversion. Scripts are never run.
    """
    if not _holds_script(repository, commit):
        return commit
    conversion = _commit(repository, CONVERTED, "dataset")
    print(
        f"hub: dataset {repository} holds a loading script at {commit}; "
        f"using its conversion {CONVERTED}, revision {conversion}",
        flush=True,
    )
    return conversion


def load_rows(
    repository: str,
    config: str,
    split: str,
    revision: str | None,
    cache: str | None,
    local: bool,
    check: Callable[[Stored], None] = lambda stored: None,
    texts: tuple[str, ...] = (),
):
    """Rows of one configuration and split, or None where there is no such split.

    `local`: the repository is a folder, which has no revision. `cache` is where prepared rows go.
    `check` is called with the columns of the configuration's files before they are read:
    `datasets` gives all of them those of the first one. `texts` are columns that hold text, so that
    nobody guesses from some rows of a CSV file that they hold numbers.
    """
    where = f"{repository}, configuration {config!r}"
    if not local:
        where = f"dataset {where}, revision {revision}"
    try:
        with explained(where):
            if local:
                folder: str | None = without_scripts(Path(repository))
            else:
                folder = _rows_folder(repository, config, split, str(revision))
            if not folder:
                return None
            check(stored_columns(row_builder(folder, config, cache, texts)))
            return prepared_builder(folder, config, cache, texts).as_dataset(split=split)
    except ValueError as problem:
        if "Unknown split" in str(problem) or "Bad split" in str(problem):
            return None
        if "corresponds to no data" in str(problem):
            raise UserError(f"{where}: split {split!r} is empty") from None
        raise UserError(f"{where}: {problem}") from None


def split_names(split: str) -> list[str]:
    """Several may be added up, or of one a part be asked for: train_r1+train_r2, train[:10]."""
    return [name for name in re.split(r"\+|\[.*?\]", split) if name]


def fetch_file(repository: str, name: str, revision: str, sha256: str | None, folder: Path) -> Path:
    """One file of a model repository in `folder`, with the expected checksum if there is one."""
    path = folder / name
    if sha256 is not None and path.is_file() and checksum(path) == sha256:
        return path
    where = f"model {repository}, file {name}, revision {revision}"
    with explained(where):
        cached = fetch(repository, name, revision, "model")
        if sha256 is not None and (digest := checksum(cached)) != sha256:
            forget(cached)
            raise UserError(f"{where}: its SHA-256 is {digest}, expected {sha256}; removed it")
        with whole(path) as beside:
            shutil.copyfile(cached, beside)
    return path


def _commit(repository: str, branch: str, kind: str) -> str:
    """The commit of a branch; the local cache notes it, and answers without a network."""
    from huggingface_hub import resolve_revision

    where = f"{kind} {repository}, revision {branch}"
    ask = functools.partial(resolve_revision, repository, repo_type=kind, revision=branch)
    with explained(where):
        return patiently(where, ask).resolved


def _holds_script(repository: str, commit: str) -> bool:
    from huggingface_hub import hf_hub_download, is_offline_mode, try_to_load_from_cache
    from huggingface_hub.errors import RemoteEntryNotFoundError

    script = repository.rsplit("/")[-1] + ".py"
    address = {"repo_type": "dataset", "revision": commit}
    known = try_to_load_from_cache(repository, script, **address)
    if known is not None or is_offline_mode():
        return isinstance(known, str)  # otherwise it is known to be absent
    where = f"dataset {repository}, revision {commit}"
    with explained(where):
        try:
            patiently(where, functools.partial(hf_hub_download, repository, script, **address))
        except RemoteEntryNotFoundError:
            return False
    return True


def _rows_folder(repository: str, config: str, split: str, revision: str) -> str | None:
    """A folder in the Hub's layout with one split of one configuration, if there is such a split.

    It is made once for a revision; an empty one says that there is no such split.
    """
    from huggingface_hub import cached_assets_path

    home = cached_assets_path("waystation", repository, revision) / config.replace("/", "--")
    folder = home / split
    if not folder.is_dir() or not all(path.exists() for path in folder.rglob("*")):
        remove(folder)  # whose links dangle: somebody has emptied the cache
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=".") as room:
            beside = Path(room) / split
            beside.mkdir()
            _gather(repository, config, split, rows_revision(repository, revision), beside)
            with contextlib.suppress(OSError):  # another process was first
                beside.rename(folder)
    return str(folder) if any(folder.iterdir()) else None


def _gather(repository: str, config: str, split: str, commit: str, folder: Path) -> None:
    """Fetch the files of a split, and link to them from a folder with a card of its own."""
    plan = _plan(repository, config, commit)
    splits = {name: plan.files[name] for name in split_names(split) if name in plan.files}
    for name in itertools.chain(*splits.values()):
        link = folder / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(fetch(repository, name, commit, "dataset"))
    if splits:
        (folder / "README.md").write_text(plan.card(config, splits))


@dataclass
class Plan:
    """What the Hub tells of one configuration: its files by split, options, types and counts."""

    files: dict[str, list[str]]
    options: dict
    info: object

    def card(self, config: str, splits: dict[str, list[str]]) -> str:
        """The head of a data set's README, for some of its splits."""
        from datasets.info import DatasetInfosDict
        from huggingface_hub import DatasetCardData

        files = [{"split": split, "path": names} for split, names in splits.items()]
        entry = {"config_name": config, **self.options, "data_files": files}
        data = DatasetCardData(configs=[entry])
        DatasetInfosDict({config: self.info}).to_dataset_card_data(data)
        info = data["dataset_info"]
        if "splits" in info:
            info["splits"] = [split for split in info["splits"] if split["name"] in splits]
        return f"---\n{data.to_yaml()}\n---\n"


@functools.lru_cache
def _plan(repository: str, config: str, commit: str) -> Plan:
    """Ask for the files of one configuration; nothing but the card is fetched."""
    import datasets

    where = f"dataset {repository}, configuration {config!r}, revision {commit}"
    described = _described(repository, commit)
    choice = {"name": config}
    if not described:  # then each configuration is a folder, if there are several
        folders = _folders(repository, commit)
        if config != "default" or config in folders:
            choice = {"data_dir": choose(config, folders, f"configuration of {repository}")}
    # In a cache of its own, because datasets else hides a problem with rows of any other commit.
    with tempfile.TemporaryDirectory() as empty:
        ask = functools.partial(datasets.load_dataset_builder, repository, **choice)
        builder = patiently(where, functools.partial(ask, revision=commit, cache_dir=empty))
    files = {
        str(split): [url.split(f"@{commit}/", 1)[1] for url in urls]
        for split, urls in builder.config.data_files.items()
    }
    placing = ("config_name", "data_files", "data_dir", "default")
    options = {k: v for k, v in described.get(config, {}).items() if k not in placing}
    return Plan(files, options, builder.info)


def _described(repository: str, commit: str) -> dict[str, dict]:
    """The configurations that a data set's card lists."""
    from huggingface_hub import DatasetCard
    from huggingface_hub.errors import RemoteEntryNotFoundError

    try:
        card = DatasetCard.load(fetch(repository, "README.md", commit, "dataset"))
    except RemoteEntryNotFoundError:
        return {}
    return {entry["config_name"]: entry for entry in card.data.to_dict().get("configs") or []}


def _folders(repository: str, commit: str) -> list[str]:
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import RepoFolder

    ask = functools.partial(HfApi().list_repo_tree, repository, repo_type="dataset")
    where = f"dataset {repository}, revision {commit}"
    entries = patiently(where, lambda: list(ask(revision=commit)))
    return [entry.path for entry in entries if isinstance(entry, RepoFolder)]

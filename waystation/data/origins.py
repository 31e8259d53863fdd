"""What the rows of tasks are made from: files or revisions."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from waystation import tasks
from waystation.base.errors import UserError
from waystation.data import source_rows
from waystation.files import checksum, whole, write_json
from waystation.hub import client
from waystation.params.schema import Source
from waystation.params.typed import Allowed, build
from waystation.text_files import read_json

COMMIT = Allowed("40 hex digits", lambda text: re.fullmatch("[0-9a-f]{40}", text))
UNPINNED = "unpinned"


def check_languages(languages: tuple[str, ...], names: Iterable[str], where: str) -> None:
    """Refuse a language that none of the tasks `names` has; `where` begins the error."""
    chosen = [tasks.load(name) for name in names]
    known = {code for task in chosen for code in tasks.covered(task, languages)}
    unknown = [code for code in languages if code not in known]
    if unknown:
        allowed = sorted({code for task in chosen for code in task.languages})
        raise UserError(
            f"{where}: no task has language {', '.join(unknown)}; "
            f"allowed: {', '.join(allowed)}, or a generated one (qaa to qtz)"
        )


def origin(
    name: str, languages: tuple[str, ...], source: Source, sums: dict, commits: dict
) -> dict:
    """A task's repositories: their revisions, or the files' checksums of those that are folders.

    `sums` and `commits` keep what is known of the other tasks' repositories.
    """
    task = tasks.load(name)
    made_from: dict[str, dict] = {}
    for repository, revision in tasks.repositories(task, languages).items():
        where, local = source_rows.location(source, task, repository)
        if local:
            if where not in sums:
                sums[where] = files(Path(where))
            made_from[repository] = {"files": sums[where]}
        else:
            commit = commit_of(repository, revision, commits)
            made_from[repository] = {"revision": commit, "pinned": revision != UNPINNED}
    return {"repositories": made_from}


def commit_of(repository: str, revision: str, commits: dict[str, str]) -> str:
    """The commit to read. `commits` keeps what may move, from the first look-up on: the main branch
    of a data set that is not pinned, the Hub's conversion of a data set with a script."""
    key = repository if revision == UNPINNED else f"{repository}@{revision}"
    if key in commits:
        return commits[key]
    named = client.resolve(repository, revision, "dataset")
    commit = client.rows_revision(repository, named)
    if revision == UNPINNED or commit != named:
        commits[key] = commit
    return commit


def read_record(record: Path) -> dict[str, str]:
    """{repository: commit} of earlier runs; nothing before the first."""
    if not record.is_file():
        return {}
    return build(dict[str, Annotated[str, COMMIT]], read_json(record, dict), str(record))


def keep(record: Path, commits: dict[str, str]) -> None:
    """Write the record, whole."""
    with whole(record) as beside:
        write_json(beside, dict(sorted(commits.items())))
    print(f"sources: recorded in {record}; it belongs into git", flush=True)


def files(folder: Path) -> dict[str, str]:
    """Checksums by relative name."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(file.relative_to(folder)): checksum(file) for file in paths}

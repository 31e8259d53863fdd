"""Say for each task what its rows are made from: checksums of a folder, or a Hub revision.

One small file a task, so that a download reruns exactly when its own source has changed.

A data set on the Hub that is not pinned is read where its main branch is at the first run. That is
noted in a record, `suites/<suite>/revisions.json`, which belongs into git; every later run, on any
machine, reads the same, until its line is taken out.
"""

from pathlib import Path

from stages import hub, source_rows, tasks
from stages.command import checksum, read_json, stage, write_json
from stages.errors import UserError
from stages.progress import progress
from stages.settings import Settings

UNPINNED = "unpinned"


def main() -> None:
    with stage(
        __doc__,
        inputs=["code", "source"],
        outputs=["out"],
        records=["record"],
        params=["source", "tasks", "languages"],
    ) as run:
        check_languages(run.settings)
        record = run.records["record"]
        commits = read_json(record) if record.is_file() else {}
        before, sums = dict(commits), {}
        for name in progress(run.settings.tasks, len(run.settings.tasks), "sources", "tasks"):
            told = origin(run.settings, name, sums, commits)
            write_json(run.outputs["out"] / f"{name}.json", told)
        if commits != before:
            keep(record, commits)
        prefix = run.settings.source.prefix
        run.made = f"origins of {len(run.settings.tasks)} tasks from {prefix}"


def check_languages(settings: Settings) -> None:
    """Refuse a language that none of the suite's tasks has."""
    found = [tasks.load(name) for name in settings.tasks]
    known = {code for task in found for code in tasks.covered(task, settings.languages)}
    unknown = [code for code in settings.languages if code not in known]
    if unknown:
        allowed = sorted({code for task in found for code in task.LANGUAGES})
        raise UserError(
            f"{settings.file}: no task has language {', '.join(unknown)}; "
            f"allowed: {', '.join(allowed)}, or a generated one (qaa to qtz)"
        )


def origin(settings: Settings, name: str, sums: dict, commits: dict) -> dict:
    """A task's repositories: their revisions, or the files' checksums of those that are folders.

    `sums` and `commits` keep what is found for the other tasks of a repository.
    """
    task, found = tasks.load(name), {}
    languages = source_rows.wanted_languages(settings, name)
    for repository, revision in tasks.repositories(task, languages).items():
        where, local = source_rows.place(settings.source, task, repository)
        if local:
            if where not in sums:
                sums[where] = files(Path(where))
            told = {"files": sums[where]}
        else:
            told = {"revision": commit_of(repository, revision, commits)}
            told |= {"pinned": revision != UNPINNED}
        found[repository] = told
    return {"repositories": found}


def commit_of(repository: str, revision: str, commits: dict[str, str]) -> str:
    """The commit to read. What may move is noted in `commits` once and read from there again: the
    main branch of a data set that is not pinned, the Hub's conversion of one with a script."""
    key = repository if revision == UNPINNED else f"{repository}@{revision}"
    if key in commits:
        return commits[key]
    named = hub.resolve(repository, revision, "dataset")
    found = hub.rows_revision(repository, named)
    if revision == UNPINNED or found != named:
        commits[key] = found
    return found


def keep(record: Path, commits: dict[str, str]) -> None:
    """Write the record, whole."""
    beside = record.with_name(f".{record.name}.partial")
    write_json(beside, dict(sorted(commits.items())))
    beside.rename(record)
    print(f"sources: recorded in {record}; it belongs into git", flush=True)


def files(folder: Path) -> dict[str, str]:
    """Checksums by relative name."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(file.relative_to(folder)): checksum(file) for file in found}


if __name__ == "__main__":
    main()

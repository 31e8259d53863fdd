"""Say for each task what its rows are made from: checksums of a folder, or a Hub revision.

One small file a task, so that a download reruns exactly when its own source has changed.
"""

from pathlib import Path

from stages import hub, source_rows, tasks
from stages.command import checksum, stage, write_json
from stages.errors import UserError
from stages.settings import Settings


def main() -> None:
    with stage(
        __doc__,
        inputs=["code", "source"],
        outputs=["out"],
        params=["source", "tasks", "languages"],
    ) as run:
        check_languages(run.settings)
        sums: dict[str, dict] = {}
        for name in run.settings.tasks:
            write_json(run.outputs["out"] / f"{name}.json", origin(run.settings, name, sums))
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


def origin(settings: Settings, name: str, sums: dict[str, dict]) -> dict:
    """A task's repositories: their revisions, or the files' checksums of those that are folders.

    `sums` keeps the checksums for the other tasks of a repository.
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
            commit = hub.rows_revision(repository, hub.resolve(repository, revision, "dataset"))
            told = {"revision": commit, "pinned": revision != "unpinned"}
        found[repository] = told
    return {"repositories": found}


def files(folder: Path) -> dict[str, str]:
    """Checksums by relative name."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(file.relative_to(folder)): checksum(file) for file in found}


if __name__ == "__main__":
    main()

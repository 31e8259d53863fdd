"""Say for each task what its rows are made from: checksums of a folder, or a Hub revision.

One small file a task, so that a download reruns exactly when its own source has changed.
"""

from pathlib import Path

from stages import hub, tasks
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
        prefix = run.settings.source.prefix
        for name in run.settings.tasks:
            write_json(run.outputs["out"] / f"{name}.json", origin(prefix, tasks.load(name)))
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


def origin(prefix: str, task) -> dict:
    """Repository and revision of a task, with the files' checksums where the source is a folder."""
    told = {"repository": task.REPO, "revision": None}
    if prefix == "hub":
        return told | {"revision": revision(task)}
    folder = Path(prefix) / task.REPO
    if not folder.is_dir():
        raise UserError(f"no folder {folder} (source.prefix {prefix!r}, repository {task.REPO!r})")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return told | {"files": {str(f.relative_to(folder)): checksum(f) for f in files}}


def revision(task) -> str:
    """The commit of a task's rows on the Hub."""
    return hub.rows_revision(task.REPO, hub.resolve(task.REPO, task.REVISION, "dataset"))


if __name__ == "__main__":
    main()

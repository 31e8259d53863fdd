"""Say for each task what its rows are made from: checksums of a folder, or a Hub revision.

One small file a task, so that a download reruns exactly when its own source has changed.

A data set on the Hub that is not pinned is read where its main branch is at the first run. That is
noted in a record, `suites/<suite>/revisions.json`, which belongs into git; every later run, on any
machine, reads the same, until its line is taken out.
"""

from waystation.base.progress import progress
from waystation.data.origins import check_languages, keep, origin, read_record
from waystation.data.source_rows import wanted_languages
from waystation.files import write_json
from waystation.frame.stage import stage


def main() -> None:
    with stage(
        __doc__,
        inputs=["code", "source"],
        outputs=["out"],
        records=["record"],
        params=["source", "tasks", "languages"],
    ) as run:
        suite = run.settings
        check_languages(suite.languages, suite.tasks, suite.file)
        record = run.records["record"]
        commits = read_record(record)
        before = dict(commits)
        sums: dict[str, dict] = {}
        for name in progress(suite.tasks, len(suite.tasks), "sources", "tasks"):
            languages = wanted_languages(name, suite.tasks[name], suite.languages)
            made_from = origin(name, languages, suite.source, sums, commits)
            write_json(run.outputs["out"] / f"{name}.json", made_from)
        if commits != before:
            keep(record, commits)
        run.made = f"origins of {len(suite.tasks)} tasks from {suite.source.prefix}"


if __name__ == "__main__":
    main()

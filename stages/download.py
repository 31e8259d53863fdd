"""Bring one task's rows into examples: the same parser for the Hub, a mirror and generated rows.

Checks the columns and their types, classes, labels, numbers of rows and answer offsets; drops rows
that the task does not keep; repairs offsets that a stripped context has shifted; counts both.
Writes `<split>/<language>.jsonl`, `task.json`, and the statistics of the data: rows, label balance,
lengths, repairs, drops, checksums. Finished splits and languages are kept in the scratch folder: a
download that was cut goes on where it stopped.
"""

import tempfile
from functools import partial
from pathlib import Path

from waystation.data import downloads, source_rows
from waystation.data.downloads import Download
from waystation.files import write_json
from waystation.frame import finished_parts
from waystation.frame.stage import stage


def main() -> None:
    with stage(
        __doc__,
        options=["task"],
        inputs=["code", "origin"],
        outputs=["out", "statistics"],
        params=["source", "languages", "tasks.{task}"],
    ) as run:
        name, suite = run.options.task, run.settings
        languages = source_rows.wanted_languages(name, suite.tasks[name], suite.languages)
        origin = downloads.read_origin(run.inputs["origin"])
        wanted = Download(name, languages, suite.source, suite.tasks[name], origin)
        downloads.announce(name, origin)
        code = run.checksums[str(run.inputs["code"])]
        statistics = downloads.gather(wanted, fetch_all(wanted, code), run.outputs["out"])
        write_json(run.outputs["statistics"], statistics)
        parts = [entry for split in statistics["splits"].values() for entry in split.items()]
        rows = sum(counts["rows"] for _, counts in parts)
        run.made = f"{rows:,} examples in {len({language for language, _ in parts})} languages"


def fetch_all(wanted: Download, code: str) -> dict[tuple[str, str], Path]:
    """{(split, language): folder of its examples}; `code` is the digest of what makes them."""
    with tempfile.TemporaryDirectory() as cache:
        return {
            cell: finished_parts.part(
                "downloads",
                wanted.made_from(*cell) | {"code": code},
                partial(downloads.fetch, wanted, cache, *cell),
            )
            for cell in wanted.parts
        }


if __name__ == "__main__":
    main()

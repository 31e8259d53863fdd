"""Fetch a pretrained model, check it, and write it in the layout that the other stages read.

Its files come from `<source.prefix>/<repository>` where that is a folder, else from the Hub. The
first fetch notes revision and checksums in a record, `suites/<suite>/fetched/<model>.json`, which
belongs into git; every later one, on any machine, fetches that revision and fails on other bytes.

Weights are safetensors. A checkpoint that exists only as a pickle is converted in a process of its
own, and refused unless torch's restricted unpickler reads it. No code of a repository is run.
"""

from waystation.base.errors import choose
from waystation.fetched.pretrained import Record, fetch, write_model
from waystation.files import write_json
from waystation.frame.stage import stage
from waystation.params.models import FetchedModel


def main() -> None:
    with stage(
        __doc__,
        options=["model"],
        inputs=["code"],
        outputs=["out"],
        records=["record"],
        params=["source.prefix", "models.{model}"],
    ) as run:
        name, out = run.options.model, run.outputs["out"]
        choose(name, run.settings.origins.hub, "model", f"{run.settings.file}: origins.hub")
        entry: FetchedModel = run.params[f"models.{name}"]
        record = Record(run.records["record"])
        files = fetch(entry, run.params["source.prefix"], record, run.scratch)
        manifest = record.found | {"license": entry.license}
        manifest |= write_model(entry, files, out, run.scratch)
        write_json(out / "fetched.json", manifest)
        record.keep()
        run.made = f"{manifest['parameters']:,} parameters of {entry.repository}"


if __name__ == "__main__":
    main()

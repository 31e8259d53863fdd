"""Score what each intermediate task promises each target, before any intermediate training.

The encoder stays as it was pretrained. `waystation.transferability.promises` says by what; the
report holds the scores against what the grid's recipes gained. The rows that stand for a target are
none of those that stand for an intermediate task of the same name.
"""

from waystation.base.progress import progress
from waystation.data import examples
from waystation.encoder import device
from waystation.encoder.checkpoint import read_encoder
from waystation.encoder.tokenizer import read_tokenizer
from waystation.files import write_json
from waystation.frame.stage import stage
from waystation.grid.names import TEXT
from waystation.params.schema import Settings, TargetTask
from waystation.transferability.labelled import Seen, drawn, see
from waystation.transferability.promises import promises


def main() -> None:
    with stage(
        __doc__,
        options=["model"],
        inputs=["code", "tasks", "pretrained"],
        outputs=["out"],
        params=["threads", "device", "precision", "evaluate", "intermediate", "target", "promise"],
    ) as run:
        device.use(run.settings)
        encoder = device.place(read_encoder(run.inputs["pretrained"])[0], run.settings).eval()
        tokenizer = read_tokenizer(run.inputs["pretrained"])
        trained = {n: own for n, own in run.settings.intermediate.tasks.items() if n != TEXT}
        fitted = targets_of(run.settings)
        asked = [(False, name, own) for name, own in trained.items()]
        asked += [(True, name, own) for name, own in fitted.items()]
        seen: dict[bool, dict[str, Seen]] = {False: {}, True: {}}  # by whether it is a target's
        count, batch = run.settings.promise.rows, run.settings.evaluate.batch_tokens
        what = f"promise {run.options.model}"
        for is_target, name, lengths in progress(asked, len(asked), what, "tasks"):
            folder = run.inputs["tasks"] / name
            task, rows = examples.read_description(folder), drawn(folder, count, is_target)
            seen[is_target][name] = see(encoder, tokenizer, task, rows, lengths, batch)
        scores = promises(seen[False], seen[True]) if trained else {}
        made = {"model": run.options.model, "rows": count, "scores": scores}
        write_json(run.outputs["out"], made | {"made_from": run.made_from()})
        run.made = f"{len(trained)} intermediate tasks for {len(fitted)} tasks of targets"


def targets_of(suite: Settings) -> dict[str, TargetTask]:
    """The tasks whose English rows targets are trained on, each once, with a target's settings."""
    found: dict[str, TargetTask] = {}
    for names in suite.target.groups.values():
        for name in names:
            own = suite.target.tasks[name]
            found.setdefault(own.task or name, own)
    return found


if __name__ == "__main__":
    main()

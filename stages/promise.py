"""Score what each intermediate task promises each target, before any intermediate training.

The encoder stays as it was pretrained. `waystation.transferability.promises` says by what; the
report holds the scores against what the grid's recipes gained.
"""

from waystation.base.progress import progress
from waystation.encoder import device
from waystation.encoder.checkpoint import read_encoder
from waystation.encoder.tokenizer import read_tokenizer
from waystation.files import write_json
from waystation.frame.stage import stage
from waystation.grid.names import TEXT
from waystation.transferability.labelled import see
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
        fitted = run.settings.target.tasks
        asked = [("sources", name, name, own) for name, own in trained.items()]
        asked += [("targets", name, own.task or name, own) for name, own in fitted.items()]
        seen: dict[str, dict] = {"sources": {}, "targets": {}}
        what = f"promise {run.options.model}"
        for side, name, task, settings in progress(asked, len(asked), what, "tasks"):
            rows, batch = run.settings.promise.rows, run.settings.evaluate.batch_tokens
            folder = run.inputs["tasks"] / task
            seen[side][name] = see(encoder, tokenizer, folder, settings, rows, batch)
        scores = promises(seen["sources"], seen["targets"]) if seen["sources"] else {}
        made = {"model": run.options.model, "rows": run.settings.promise.rows, "scores": scores}
        write_json(run.outputs["out"], made | {"made_from": run.made_from()})
        run.made = f"{len(trained)} intermediate tasks for {len(fitted)} targets"


if __name__ == "__main__":
    main()

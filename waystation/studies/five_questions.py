"""The five studies, in the order of the report, and the files of their answers."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from waystation.files import write_json
from waystation.studies import (
    alignment_retention,
    model_scaling,
    multilingual_finetuning,
    qa_inference,
    sequential_tasks,
)
from waystation.studies.answers import Answer, Study
from waystation.studies.claims import Claim
from waystation.studies.evidence import Evidence
from waystation.studies.which_task import Regret

STUDIES: tuple[Study, ...] = (
    qa_inference.STUDY,
    multilingual_finetuning.STUDY,
    sequential_tasks.STUDY,
    model_scaling.STUDY,
    alignment_retention.STUDY,
)


def answers(evidence: Evidence) -> dict[str, Answer]:
    """The answer of every study, by its name."""
    return {study.name: study.answer(evidence) for study in STUDIES}


def write(
    folder: Path,
    suite: str,
    found: dict[str, Answer],
    judged: list[Claim],
    regrets: list[Regret],
) -> None:
    """A file a study, one of the claims, and one of choices of a task."""
    folder.mkdir(parents=True)
    for study in STUDIES:
        head = {"study": study.name, "suite": suite, "question": study.question}
        head["figure"] = f"plots/{suite}/{study.figure}.png"
        write_json(folder / f"{study.name}.json", head | rounded(asdict(found[study.name])))
    claimed = {claim.name: rounded(asdict(claim)) for claim in judged}
    source = {"suite": suite, "source": "Phang et al. 2020, arXiv 2005.13013"}
    write_json(folder / "claims.json", source | {"claims": claimed})
    choices = [rounded(asdict(regret)) for regret in regrets]
    write_json(folder / "which_task.json", {"suite": suite, "regrets": choices})


def rounded(value: Any) -> Any:
    """The same with numbers of four decimals."""
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(entry) for entry in value]
    return round(value, 4) if isinstance(value, float) else value

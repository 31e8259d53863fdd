"""COPA: which of two sentences is the cause, or the effect, of a premise? English.

Roemmele et al. 2011, as in SuperGLUE. XCOPA's training data. The labels of the test split are
hidden; it is not used. The premise is followed by a question in English, as in XTREME-R's code
(`run_xcopa.py` of google-research/xtreme); nothing differs from that form. `CopaTask` of
nyu-mll/jiant asks in other words, "What was the cause of this?" and "What happened as a result?".

    {"premise": "My body cast a shadow over the grass.", "choice1": "The sun was rising.",
     "choice2": "The grass was cut.", "question": "cause", "idx": 0, "label": 0}
"""

from waystation.tasks import Task

QUESTIONS = {"cause": "What was the cause?", "effect": "What was the effect?"}


def example(row: dict, index: int, language: str) -> dict:
    """The question is English in every language, and so is the row's word for it."""
    return {
        "id": str(index),
        "first": f"{row['premise']} {QUESTIONS[row['question']]}",
        "choices": [row["choice1"], row["choice2"]],
        "label": row["label"],
    }


TASK = Task(
    __name__,
    type="multiple_choice",
    repository="aps/super_glue",
    license="BSD 2-Clause",
    citation="Roemmele et al. 2011",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns={"premise": str, "choice1": str, "choice2": str, "question": str, "label": int},
    config=lambda language: "copa",
    example=example,
    rows={"train": 400, "validation": 100},
    characters=133,
    metrics=("accuracy",),
    source_labels=("choice1", "choice2"),
    chance_percent=50.0,
    trained_on="copa",
)

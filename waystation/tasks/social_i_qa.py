"""Social IQa: three answers to a question about why people do things. English.

Sap et al. 2019. XCOPA's first training data in XTREME-R, before COPA. The label is a text, "1" to
"3"; the Hub's repository still held a loading script in 2026, its converted rows are read. The
question follows the context, as in XTREME-R's code (`run_xcopa.py` of google-research/xtreme, task
`siqa`) and in `SocialIQATask` of nyu-mll/jiant; nothing differs from that form.

    {"context": "Cameron decided to have a barbecue and gathered her friends together.",
     "question": "How would Others feel as a result?", "answerA": "like attending", "answerB": ...,
     "answerC": ..., "label": "1"}
"""

from waystation.tasks import Task, number

ANSWERS = ("answerA", "answerB", "answerC")


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": f"{row['context']} {row['question']}",
        "choices": [row[answer] for answer in ANSWERS],
        "label": number(row["label"]) - 1,
    }


TASK = Task(
    __name__,
    type="multiple_choice",
    repository="allenai/social_i_qa",
    license="not stated; files say CC BY 4.0",
    citation="Sap et al. 2019, Social IQa: Commonsense Reasoning about Social Interactions",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns=dict.fromkeys(("context", "question", *ANSWERS, "label"), str),
    config=lambda language: "default",
    example=example,
    rows={"train": 33_410, "validation": 1954},
    characters=367,
    metrics=("accuracy",),
    chance_percent=100 / 3,
)

"""XQuAD of XTREME: 1,190 questions of SQuAD v1.1 in eleven languages, professionally translated.

Artetxe et al. 2020. The only split is called validation; it is the test set here. Ids are equal in
all languages.

The suites' XQuAD, because its repository has XTREME-R's Romanian too (`xquad_r`); XTREME's
packaging (`xquad_xtreme`) has the same rows.

    {"id": "56beb4343aeaaa14008c925b", "context": "Die Verteidigung der Panthers ...",
     "question": "...", "answers": {"text": ["308"], "answer_start": [38]}}
"""

from waystation.tasks import Task, squad_v1

TASK = Task(
    __name__,
    type="question_answering",
    repository="google/xquad",
    license="CC BY-SA 4.0",
    citation="Artetxe, Ruder & Yogatama 2019, arXiv 1910.11856",
    splits={"test": "validation"},
    languages=("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh"),
    columns={"id": str, "context": str, "question": str, "answers": dict},
    config=lambda language: f"xquad.{language}",
    example=squad_v1.TASK.example,
    rows={"test": 1190},
    characters=566,
    metrics=("squad",),
    trained_on="squad_v1",
    xtreme="xquad",
)

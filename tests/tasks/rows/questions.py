"""Rows of extractive question answering. Answers are the last two words of a context's clause."""

from tests.tasks.rows import Case

CONTEXT, QUESTION, ANSWER, START = (
    "the duke lived in old Rouen then",
    "where was he ?",
    "old Rouen",
    18,
)
FOREIGN = {
    "context": "der Herzog lebte in Rouen damals",
    "question": "wo war er ?",
    "answers": {"answer_start": [17], "text": ["in Rouen"]},
}
ENGLISH_SEQUENCE = "<s> where was he ? </s> </s> the duke lived in old Rouen then </s>"
FOREIGN_SEQUENCE = "<s> wo war er ? </s> </s> der Herzog lebte in Rouen damals </s>"


def row(name: str, title: str = "Normans") -> dict:
    answers = {"text": [ANSWER, "Rouen"], "answer_start": [START, 22]}
    return {
        "id": name,
        "title": title,
        "context": CONTEXT,
        "question": QUESTION,
        "answers": answers,
    }


def asked(name: str, start: int = START) -> dict:
    answers = [{"text": ANSWER, "start": start}, {"text": "Rouen", "start": start + 4}]
    return {"id": name, "question": QUESTION, "context": CONTEXT, "answers": answers}


def foreign(name: str) -> dict:
    answers = [{"text": "in Rouen", "start": 17}]
    texts = {"question": FOREIGN["question"], "context": FOREIGN["context"]}
    return {"id": name, "answers": answers} | texts


def english_case(where: str, scored: str, **more) -> Case:
    return Case(
        where=where,
        scored=scored,
        rows=[row("q-1")],
        examples=[asked("q-1")],
        sequences=[ENGLISH_SEQUENCE],
        target=ANSWER,
        **more,
    )


def foreign_case(where: str, scored: str, language: str, split: str = "test", **more) -> Case:
    return Case(
        where=where,
        scored=scored,
        language=language,
        split=split,
        rows=[FOREIGN | {"id": "q-2"}],
        examples=[foreign("q-2")],
        sequences=[FOREIGN_SEQUENCE],
        target="in Rouen",
        **more,
    )


SUBMITTED = ['{\n "q-2": "in Rouen"\n}']
CASES = {
    "squad_v1": english_case("rajpurkar/squad plain_text train", "squad"),
    "squad_v1_xtreme": english_case("google/xtreme SQuAD train", "squad"),
    "squad_v1_translated": foreign_case(
        "facebook/mlqa mlqa-translate-train.de train", "squad", "de", "train"
    ),
    "squad_v2": Case(
        where="rajpurkar/squad_v2 squad_v2 train",
        scored="squad_v2",
        rows=[row("q-3")],
        examples=[asked("q-3") | {"allows_none": True}],
        sequences=[ENGLISH_SEQUENCE],
        target=ANSWER,
    ),
    "squad_v2/no answer": Case(
        where="rajpurkar/squad_v2 squad_v2 validation",
        scored="squad_v2",
        split="validation",
        rows=[row("q-4") | {"answers": {"text": [], "answer_start": []}}],
        examples=[asked("q-4") | {"answers": [], "allows_none": True}],
        sequences=[ENGLISH_SEQUENCE],
        target="",
    ),
    "xquad": foreign_case(
        "google/xquad xquad.de validation", "squad, after squad_v1, as xquad", "de", lines=SUBMITTED
    ),
    "xquad_r": foreign_case(
        "google/xquad xquad.ro validation",
        "squad, after squad_v1, as xtreme-r/xquad",
        "ro",
        lines=SUBMITTED,
    ),
    "xquad_xtreme": foreign_case(
        "google/xtreme XQuAD.de validation", "squad, after squad_v1", "de"
    ),
    "xquad_xtreme/shifted offsets": Case(
        where="google/xtreme XQuAD.de validation",
        scored="squad, after squad_v1",
        language="de",
        split="test",
        rows=[FOREIGN | {"id": "q-2", "answers": {"answer_start": [19], "text": ["in Rouen"]}}],
        examples=[foreign("q-2")],
        sequences=[FOREIGN_SEQUENCE],
        target="in Rouen",
    ),
    "mlqa": foreign_case(
        "facebook/mlqa mlqa.de.de test", "mlqa, after squad_v1, as mlqa", "de", lines=SUBMITTED
    ),
    "mlqa_xtreme": foreign_case("google/xtreme MLQA.de.de test", "mlqa, after squad_v1", "de"),
    "mlqa_cross": foreign_case(
        "facebook/mlqa mlqa.de.en validation", "mlqa, after squad_v1", "de-en", "validation"
    ),
    "mlqa_cross_xtreme": foreign_case(
        "google/xtreme MLQA.de.en test", "mlqa, after squad_v1", "de-en"
    ),
    "mlqa_translate_test": foreign_case(
        "facebook/mlqa mlqa-translate-test.de test", "squad, after squad_v1", "de"
    ),
    "tydiqa": Case(
        where="google-research-datasets/tydiqa secondary_task train",
        scored="squad, after tydiqa, as tydiqa",
        language="ko",
        rows=[row("english-1-0"), row("korean-2-0"), row("korean-1-0", "Korea")],
        examples=[asked("korean-1-0")],
        dropped={"another language": 1, "another split": 1},
        sequences=[ENGLISH_SEQUENCE],
        target=ANSWER,
        lines=['{\n "korean-1-0": "old Rouen"\n}'],
    ),
    "tydiqa/development": Case(
        where="google-research-datasets/tydiqa secondary_task train",
        scored="squad, after tydiqa, as tydiqa",
        language="ko",
        split="validation",
        rows=[row("english-1-0"), row("korean-2-0"), row("korean-1-0")],
        examples=[asked("korean-2-0")],
        dropped={"another language": 1, "another split": 1},
        sequences=[ENGLISH_SEQUENCE],
        target=ANSWER,
    ),
    "tydiqa/test": Case(
        where="google-research-datasets/tydiqa secondary_task validation",
        scored="squad, after tydiqa, as tydiqa",
        language="ko",
        split="test",
        rows=[row("english-1-0"), row("korean-2-0"), row("korean-1-0")],
        examples=[asked("korean-2-0"), asked("korean-1-0")],
        dropped={"another language": 1},
        sequences=[ENGLISH_SEQUENCE],
        target=ANSWER,
    ),
    "tydiqa_xtreme": Case(
        where="google/xtreme tydiqa train",
        scored="squad, after tydiqa_xtreme",
        language="ko",
        rows=[row("russian-1-0"), row("korean-1-0")],
        examples=[asked("korean-1-0")],
        dropped={"another language": 1},
        sequences=[ENGLISH_SEQUENCE],
        target=ANSWER,
    ),
}

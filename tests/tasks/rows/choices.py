"""Rows of multiple-choice tasks, in the forms of the authors' code."""

from tests.tasks.rows import Case

COPA = {"premise": "the vase broke .", "choice1": "it fell .", "choice2": "it was red ."}
ESTONIAN = {"premise": "vaas purunes .", "choice1": "see kukkus .", "choice2": "see oli punane ."}
AS_XCOPA = "accuracy, 50.00 by chance, after copa, as xcopa"


def chosen(first: str, choices: list[str], label: int, name: str = "0") -> dict:
    return {"id": name, "first": first, "choices": choices, "label": label}


CASES = {
    "hellaswag": Case(
        where="Rowan/hellaswag default train",
        scored="accuracy, 25.00 by chance",
        rows=[
            {
                "ind": 4,
                "activity_label": "Roof work",
                "ctx_a": "a man sits on a roof .",
                "ctx_b": "then he",
                "ctx": "a man sits on a roof . then he",
                "endings": ["jumps down .", "sings .", "lays tiles .", "sleeps there ."],
                "source_id": "a~1",
                "split": "train",
                "split_type": "indomain",
                "label": "2",
            }
        ],
        examples=[
            chosen(
                "a man sits on a roof .",
                [
                    "then he jumps down .",
                    "then he sings .",
                    "then he lays tiles .",
                    "then he sleeps there .",
                ],
                2,
            )
        ],
        sequences=[
            "<s> a man sits on a roof . </s> </s> then he jumps down . </s>",
            "<s> a man sits on a roof . </s> </s> then he sings . </s>",
            "<s> a man sits on a roof . </s> </s> then he lays tiles . </s>",
            "<s> a man sits on a roof . </s> </s> then he sleeps there . </s>",
        ],
        target="then he lays tiles .",
        lines=['{"label": 2}'],
    ),
    "cosmos_qa": Case(
        where="allenai/cosmos_qa default train",
        scored="accuracy, 25.00 by chance",
        rows=[
            {
                "id": "3BF##q1",
                "context": "my shoes got wet .",
                "question": "what happened before ?",
                "answer0": "it rained .",
                "answer1": "she won .",
                "answer2": "they ate .",
                "answer3": "none of these",
                "label": 3,
            }
        ],
        examples=[
            chosen(
                "my shoes got wet . what happened before ?",
                ["it rained .", "she won .", "they ate .", "none of these"],
                3,
                "3BF##q1",
            )
        ],
        sequences=[
            "<s> my shoes got wet . what happened before ? </s> </s> it rained . </s>",
            "<s> my shoes got wet . what happened before ? </s> </s> she won . </s>",
            "<s> my shoes got wet . what happened before ? </s> </s> they ate . </s>",
            "<s> my shoes got wet . what happened before ? </s> </s> none of these </s>",
        ],
        target="none of these",
    ),
    "commonsense_qa": Case(
        where="tau/commonsense_qa default validation",
        split="validation",
        scored="accuracy, 20.00 by chance",
        rows=[
            {
                "id": "c-1",
                "question": "where do doors revolve ?",
                "question_concept": "door",
                "choices": {
                    "label": ["A", "B", "C", "D", "E"],
                    "text": ["bank", "pond", "sky", "tree", "cup"],
                },
                "answerKey": "B",
            }
        ],
        examples=[
            chosen("where do doors revolve ?", ["bank", "pond", "sky", "tree", "cup"], 1, "c-1")
        ],
        sequences=[
            f"<s> where do doors revolve ? </s> </s> {place} </s>"
            for place in ("bank", "pond", "sky", "tree", "cup")
        ],
        target="pond",
    ),
    "social_i_qa": Case(
        where="allenai/social_i_qa default train",
        scored="accuracy, 33.33 by chance",
        rows=[
            {
                "context": "Cameron gave a party .",
                "question": "how do others feel ?",
                "answerA": "very glad",
                "answerB": "quite sad",
                "answerC": "rather old",
                "label": "3",
            }
        ],
        examples=[
            chosen(
                "Cameron gave a party . how do others feel ?",
                ["very glad", "quite sad", "rather old"],
                2,
            )
        ],
        sequences=[
            f"<s> Cameron gave a party . how do others feel ? </s> </s> {answer} </s>"
            for answer in ("very glad", "quite sad", "rather old")
        ],
        target="rather old",
    ),
    "copa": Case(
        where="aps/super_glue copa train",
        scored="accuracy, 50.00 by chance, after copa",
        rows=[COPA | {"question": "cause", "idx": 3, "label": 0}],
        classes={"label": ("choice1", "choice2")},
        examples=[chosen("the vase broke . What was the cause?", ["it fell .", "it was red ."], 0)],
        sequences=[
            "<s> the vase broke . What was the cause? </s> </s> it fell . </s>",
            "<s> the vase broke . What was the cause? </s> </s> it was red . </s>",
        ],
        target="it fell .",
    ),
    "xcopa": Case(
        where="cambridgeltl/xcopa et test",
        split="test",
        language="et",
        scored=AS_XCOPA,
        rows=[ESTONIAN | {"question": "effect", "label": 1, "idx": 4, "changed": False}],
        examples=[
            chosen("vaas purunes . What was the effect?", ["see kukkus .", "see oli punane ."], 1)
        ],
        sequences=[
            "<s> vaas purunes . What was the effect? </s> </s> see kukkus . </s>",
            "<s> vaas purunes . What was the effect? </s> </s> see oli punane . </s>",
        ],
        target="see oli punane .",
        lines=['{"label": 1}'],
    ),
    "xcopa_translate_test": Case(
        where="cambridgeltl/xcopa translation-et validation",
        split="validation",
        language="et",
        scored="accuracy, 50.00 by chance, after copa",
        rows=[COPA | {"question": "effect", "label": 1, "idx": 5, "changed": True}],
        examples=[
            chosen("the vase broke . What was the effect?", ["it fell .", "it was red ."], 1)
        ],
        sequences=[
            "<s> the vase broke . What was the effect? </s> </s> it fell . </s>",
            "<s> the vase broke . What was the effect? </s> </s> it was red . </s>",
        ],
        target="it was red .",
    ),
}

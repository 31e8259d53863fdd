"""Whether CCG categories combine to a sentence: a chart parser with the rules that English needs.

Application, composition (also crossed: `wash` and `in the barn` before the object is found), a
noun as a noun phrase, and marks at the end. A category without a
feature, as an adverb's, takes any: what it makes has that of what it took. (Steedman 2000)
"""

from typing import NamedTuple


class Category(NamedTuple):
    """`result/argument` or `result\\argument`; of an atom the slash is empty."""

    atom: str = ""
    result: "Category | None" = None
    slash: str = ""
    argument: "Category | None" = None


def read(text: str) -> Category:
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and sign in "/\\":
            parts += [text[start:place], sign]
            start = place + 1
    parts.append(text[start:])
    first = parts[0]
    found = read(first[1:-1]) if first[0] == "(" else Category(first)
    for slash, argument in zip(parts[1::2], parts[2::2], strict=True):
        inner = read(argument[1:-1]) if argument[0] == "(" else Category(argument)
        found = Category("", found, slash, inner)
    return found


def feature(wanted: Category, given: Category) -> str | None:
    """What `S` without a feature stands for where one category takes another; None: it does not."""
    if wanted.slash != given.slash:
        return None
    if not wanted.slash:
        if wanted.atom == given.atom:
            return ""
        return given.atom[1:] if wanted.atom == "S" and given.atom[:2] == "S[" else None
    left, right = feature(wanted.result, given.result), feature(wanted.argument, given.argument)
    return None if left is None or right is None else left or right


def featured(category: Category, told: str) -> Category:
    if category.slash:
        result, argument = featured(category.result, told), featured(category.argument, told)
        return Category("", result, category.slash, argument)
    return Category("S" + told) if category.atom == "S" else category


def combined(left: Category, right: Category):
    """All that two neighbours make."""
    if right.atom == ".":
        yield left
    for slash, taker, given in (("/", left, right), ("\\", right, left)):
        if taker.slash != slash:
            continue
        told = feature(taker.argument, given)
        if told is not None:
            yield featured(taker.result, told)
        # Composed: what is taken still looks for something to its right.
        if given.slash == "/" and (told := feature(taker.argument, given.result)) is not None:
            yield Category("", featured(taker.result, told), "/", given.argument)


def lifted(found: set[Category]) -> set[Category]:
    """With what a category alone may become."""
    more = {Category("NP")} if Category("N") in found else set()
    return found | more


def sentences(categories: list[str]) -> set[str]:
    """The atoms to which all categories together combine."""
    count, chart = len(categories), {}
    for i, text in enumerate(categories):
        chart[i, i + 1] = lifted({read(text)})
    for width in range(2, count + 1):
        for i in range(count - width + 1):
            made = {
                category
                for k in range(i + 1, i + width)
                for left in chart[i, k]
                for right in chart[k, i + width]
                for category in combined(left, right)
            }
            chart[i, i + width] = lifted(made)
    return {category.atom for category in chart[0, count]} - {""}

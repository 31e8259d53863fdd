"""The order in which the benchmark measures: every cell once a round, no cell always first."""

from types import SimpleNamespace

from waystation.evaluation import timing


def cells(recipes, languages=("en", "de", "fr")):
    rows = [SimpleNamespace(task=SimpleNamespace(name="xnli"), language=code) for code in languages]
    return [
        SimpleNamespace(target="mnli", recipe=recipe, rows=one)
        for recipe in recipes
        for one in rows
    ]


def test_every_round_measures_every_cell_once_and_keeps_a_language_together():
    found = cells("abcd")
    for number in range(5):
        order = timing.drawn(found, number)
        assert sorted(map(id, order)) == sorted(map(id, found))
        codes = [cell.rows.language for cell in order]
        assert all(len(set(codes[i : i + 4])) == 1 for i in range(0, 12, 4))
        assert order == timing.drawn(found, number)


def test_no_recipe_is_always_the_first_nor_always_behind_the_same():
    orders = [[c.recipe for c in timing.drawn(cells("abcd", ["en"]), n)] for n in range(30)]
    assert {order[0] for order in orders} == set("abcd")
    assert {order[order.index("a") - 1] for order in orders if order[0] != "a"} == set("bcd")

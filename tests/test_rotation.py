"""The order in which the benchmark measures: every cell once a round, no cell always first."""

from types import SimpleNamespace

from stages import benchmark


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
        order = benchmark.rotated(found, number, 5)
        assert sorted(map(id, order)) == sorted(map(id, found))
        codes = [cell.rows.language for cell in order]
        assert all(len(set(codes[i : i + 4])) == 1 for i in range(0, 12, 4))


def test_no_recipe_is_always_the_first_after_a_change_of_language():
    firsts = [benchmark.rotated(cells("abcde"), number, 5)[0].recipe for number in range(5)]
    assert sorted(firsts) == list("abcde")
    assert [benchmark.rotated(cells("ab"), n, 4)[0].recipe for n in range(4)] == list("aabb")

"""Have DVC name the parameter that its templates cannot expand: of `recipes: none`, where a list is
due, it says no more than that a value is not iterable, and that this was unexpected."""

from collections.abc import Iterable
from functools import wraps


def name_wrong_lists() -> None:
    from dvc.parsing import MatrixDefinition, ResolveError

    cached = MatrixDefinition.normalized_iterable
    expand = cached.fget

    @wraps(expand)
    def checked(self):
        for key, written in self.matrix_data.items():
            value = self.resolved_iterable[key]
            if not isinstance(value, Iterable):
                got = getattr(value, "value", value)
                raise ResolveError(
                    f"'{self.relpath}': the stages '{self.name}' are one for each {key} of "
                    f"{written}: expected a list, got {got!r}"
                )
        return expand(self)

    MatrixDefinition.normalized_iterable = type(cached)(checked)

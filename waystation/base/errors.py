"""The one error that a person can cause: it says what, where, got and allowed."""

from collections.abc import Iterable


class UserError(Exception):
    """Bad input, configuration or data; a stage prints it without a stack trace and exits 1."""


def one_line(problem: UserError | OSError) -> str:
    """What a person reads of a problem: of one with a file the file first."""
    if isinstance(problem, OSError):
        return f"{problem.filename or ''}: {problem.strerror or problem}".lstrip(": ")
    return str(problem)


def choose(name: str, allowed: Iterable[str], what: str, where: str = "") -> str:
    """Return `name` if it is allowed, else say what was got, where, and what is allowed."""
    allowed = list(allowed)
    if name not in allowed:
        place = f"{where}: " if where else ""
        raise UserError(f"{place}unknown {what} {name!r}; allowed: {', '.join(allowed) or 'none'}")
    return name

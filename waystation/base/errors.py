"""The one error that a person can cause: it says what, where, got and allowed."""

from collections.abc import Iterable


class UserError(Exception):
    """Bad input, configuration or data; a stage prints it without a stack trace and exits 1.

    The message is one line, whatever it quotes.
    """

    def __init__(self, message: str):
        super().__init__("\\n".join(message.splitlines()))


def one_line(problem: UserError | OSError) -> str:
    """What a person reads of a problem: of one with a file the file first."""
    if isinstance(problem, OSError):
        return f"{problem.filename or ''}: {problem.strerror or problem}".lstrip(": ")
    return str(problem)


# What a value of another form than the expected one raises in the code that takes it apart.
MISSHAPEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)


def misfit(problem: Exception) -> str:
    """What a person reads of one of MISSHAPEN."""
    if isinstance(problem, KeyError):
        return f"no key {problem.args[0]!r}"
    if isinstance(problem, IndexError):
        return "a list is too short"
    return " ".join(str(problem).split()) or type(problem).__name__


def choose(name: str, allowed: Iterable[str], what: str, where: str = "") -> str:
    """Return `name` if it is allowed, else say what was got, where, and what is allowed."""
    allowed = list(allowed)
    if name not in allowed:
        prefix = f"{where}: " if where else ""
        raise UserError(f"{prefix}unknown {what} {name!r}; allowed: {', '.join(allowed) or 'none'}")
    return name

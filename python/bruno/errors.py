"""What can go wrong: every exception of the package, each a `BrunoError`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One bad value: where it stands, what it is, what is allowed there, what to do."""

    field: str
    value: str
    allowed: str
    remedy: str


class BrunoError(Exception):
    """Something went wrong; the text says what, where, and what to do.

    `problems` holds the bad values one by one where they are known, `field` and `remedy` those of the first.
    """

    problems: tuple[Problem, ...]

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.problems)

    @property
    def field(self) -> str | None:
        """The first bad value's field, or None."""
        return self.problems[0].field if self.problems else None

    @property
    def remedy(self) -> str | None:
        """What to do about the first bad value, or None."""
        return self.problems[0].remedy if self.problems else None


class DescriptionError(BrunoError, ValueError):
    """The chip description or its training settings are bad (exit code 2 of the command line)."""


class InputError(BrunoError, ValueError):
    """An argument, a file or data cannot be used (exit code 2)."""


class ToolError(BrunoError, RuntimeError):
    """An external tool failed; the text holds its command and whole output (exit code 3)."""


class MismatchError(BrunoError, RuntimeError):
    """Two layers of the stack disagree (exit code 4)."""


class InternalError(BrunoError, RuntimeError):
    """A bug in bruno: please report it (exit code 1)."""


def bad(what: str, found: object, allowed: str, remedy: str) -> InputError:
    """An argument that cannot be used."""
    text = f"{what} is {found}; allowed: {allowed}; {remedy}"
    return InputError(text, [Problem(what, str(found), allowed, remedy)])

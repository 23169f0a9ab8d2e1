"""A proof, or a question with a hint."""

from __future__ import annotations

from typing import Any, NamedTuple


class Proof(NamedTuple):
    """What is proven of one thing that a mapping says."""

    value: Any
    """None: it is open."""
    why: str
    """By what it is proven, or a hint beside the question."""
    excluded: tuple[str, ...] = ()
    """What it is not, where it is open."""
    is_default: bool = False
    """Whether nothing speaks for it: it is so unless a file or a person says something else."""

    def speaks_against(self, said: object) -> bool:
        """Tell whether it cannot be as a person says; what is so by default gives way.

        >>> Proof("mdy", "").speaks_against("dmy"), Proof(None, "", ("end",)).speaks_against("end")
        (True, True)
        >>> Proof("point", "no number has a comma", is_default=True).speaks_against("comma")
        False
        """
        return (self.value not in (None, said) and not self.is_default) or said in self.excluded

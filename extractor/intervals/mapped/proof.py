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

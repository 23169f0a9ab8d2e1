"""What a reading and the people who worked on it come to: the state of a bill, and how far it may be trusted.

A reading's status never changes. What people add stands beside it, and the state is worked out anew each
time it is asked for; what a person accepted is never shown as proven.

>>> state_of(Status.REVIEW, corrected=True, accepted=False), state_of(Status.VERIFIED, True, False)
('review', 'corrected')
>>> TRUST["accepted"]
'accepted-by-person'
"""

from __future__ import annotations

from typing import Literal

from extractor.model import Status

State = Literal["verified", "corrected", "accepted", "review", "unreadable"]
Trust = Literal["proven", "corrected-and-proven", "accepted-by-person", "doubtful"]

TRUST: dict[State, Trust] = {
    "verified": "proven",
    "corrected": "corrected-and-proven",
    "accepted": "accepted-by-person",
    "review": "doubtful",
    "unreadable": "doubtful",
}


def state_of(status: Status, corrected: bool, accepted: bool) -> State:
    """Return the state of a bill with this status: of the record as read, or as corrected if it was.

    What the checks prove with a person's corrections is corrected; what they do not prove is
    accepted only if a person took it as it is.
    """
    if status == Status.UNREADABLE:
        return "unreadable"
    if status == Status.VERIFIED:
        return "corrected" if corrected else "verified"
    return "accepted" if accepted else "review"

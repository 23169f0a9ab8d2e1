"""What may happen to an authorization, and what it is then; that it has expired is worked out from its days.

A signed form is void once it is altered: what has to be different is a new form. Source: SCE's questions and
answers on Form 14-796, and the states of SDG&E's letters of authorization.

>>> authorization_after(AuthorizationState.DRAFT, AuthorizationEvent.SIGNED)
<AuthorizationState.EXECUTED: 'executed'>
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from datarequests.workflow import IllegalMoveError


class AuthorizationState(StrEnum):
    """What an authorization is; that it has expired is worked out from its days."""

    DRAFT = "draft"
    AWAITING_CUSTOMER = "awaiting_customer_signature"
    AWAITING_AGENT = "awaiting_agent_signature"
    EXECUTED = "executed"
    """Signed by both: its file is frozen by its hash."""
    SUBMITTED = "submitted"
    ACTIVE = "active"
    """The counterparty has it on file."""
    REJECTED = "rejected"
    VOID = "void"
    """Altered after it was signed."""
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class AuthorizationEvent(StrEnum):
    """What happens to an authorization."""

    DRAFTED = "drafted"
    GIVEN_OUT = "given_out"
    SIGNED_BY_CUSTOMER = "signed_by_customer"
    SIGNED = "signed"
    """By all, and the signed file taken in."""
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    ALTERED = "altered"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRY_NOTICED = "authorization_expiring"
    NOTE = "note"


A, B = AuthorizationState, AuthorizationEvent

_SIGNED = {B.SIGNED: A.EXECUTED, B.SUPERSEDED: A.SUPERSEDED}
_ENDS = {B.ALTERED: A.VOID, B.REVOKED: A.REVOKED, B.SUPERSEDED: A.SUPERSEDED}

AUTHORIZATION_MOVES: Mapping[AuthorizationState, Mapping[AuthorizationEvent, AuthorizationState]] = {
    A.DRAFT: {**_SIGNED, B.GIVEN_OUT: A.AWAITING_CUSTOMER, B.SIGNED_BY_CUSTOMER: A.AWAITING_AGENT},
    A.AWAITING_CUSTOMER: {**_SIGNED, B.SIGNED_BY_CUSTOMER: A.AWAITING_AGENT},
    A.AWAITING_AGENT: _SIGNED,
    A.EXECUTED: {**_ENDS, B.SUBMITTED: A.SUBMITTED, B.APPROVED: A.ACTIVE, B.REJECTED: A.REJECTED},
    A.SUBMITTED: {**_ENDS, B.APPROVED: A.ACTIVE, B.REJECTED: A.REJECTED},
    A.ACTIVE: {**_ENDS, B.SUBMITTED: A.ACTIVE, B.APPROVED: A.ACTIVE},
    A.REJECTED: {B.SUPERSEDED: A.SUPERSEDED},
    A.VOID: {B.SUPERSEDED: A.SUPERSEDED},
    A.REVOKED: {B.SUPERSEDED: A.SUPERSEDED},
    A.SUPERSEDED: {},
}  # fmt: skip

HOLDS = frozenset((A.EXECUTED, A.SUBMITTED, A.ACTIVE))
"""States in which requests may be made under an authorization, until it expires."""

NEVER_MORE = frozenset((A.REJECTED, A.VOID, A.REVOKED, A.SUPERSEDED))
"""States in which none can be made any more."""


def authorization_after(state: AuthorizationState, event: AuthorizationEvent) -> AuthorizationState:
    """Return what an authorization is after an event.

    Raises:
        IllegalMoveError: if that cannot happen then.
    """
    moves = AUTHORIZATION_MOVES[state]
    if event in moves:
        return moves[event]
    if event in (B.NOTE, B.EXPIRY_NOTICED):
        return state
    possible = ", ".join(moves) or "nothing but a note"
    raise IllegalMoveError(
        f"{event} is not possible while the authorization is {state}; possible: {possible}"
    )

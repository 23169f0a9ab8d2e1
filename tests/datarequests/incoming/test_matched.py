"""A message is matched by what it carries of ours, and by nothing else."""

from __future__ import annotations

import pytest

from datarequests.incoming.matched import Ours, is_forged, match, suggestions
from datarequests.incoming.parsed import parsed
from tests.datarequests.incoming.mails import OURS, answer, block, mail, report

OTHER = "<r2.0.bbbbbbbbbb@example.com>"
KNOWN = Ours(
    {OURS: 1, OTHER: 2},
    {1: "k3v9", 2: "b2c3"},
    {
        "desk+r1.k3v9.00@example.com": (1, "k3v9"),
        "desk+r1.gone.00@example.com": (1, "gone"),
        "desk+r9.k3v9.00@example.com": (9, "k3v9"),
    }.get,
)


@pytest.mark.parametrize(
    ("raw", "request_", "by"),
    [
        (answer(), 1, "thread"),
        (mail(References=f"<x@sce.com> {OTHER}"), 2, "thread"),
        (mail(subject="RE: [CISR-000001-k3v9] Data request"), 1, "subject"),
        (mail(subject="AW: [cpa-000002-B2C3]"), 2, "subject"),
        (mail(Delivered_To="desk+r1.k3v9.00@example.com"), 1, "address"),
        (answer(Delivered_To="desk+r1.k3v9.00@example.com"), 1, "address"),
        (report(block("failed", "5.1.1")), 1, "embedded"),
        (mail(subject="[CISR-000001-b2c3]"), None, None),  # another request's token
        (mail(subject="[CISR-000003-k3v9]"), None, None),
        (mail(Delivered_To="desk+r9.k3v9.00@example.com"), None, None),  # there is no such request
        (mail(Delivered_To="desk+r1.gone.00@example.com"), None, None),  # an erased one had its number
        (mail(In_Reply_To="<never@example.com>"), None, None),
        (mail("Your account 8000000001"), None, None),  # no more than a suggestion
        (answer(References=OTHER), None, None),  # of two requests
        (answer(subject="[CPA-000002-b2c3]"), None, None),
        (mail(subject="[CISR-000001-k3v9] [CPA-000002-b2c3]"), None, None),
    ],
)
def test_what_a_message_carries_names_its_request(raw: bytes, request_: int | None, by: str | None) -> None:
    found = match(parsed(raw), KNOWN)
    assert (found.request, found.by) == (request_, by)
    assert (found.why_not is None) == (request_ is not None)


def test_a_conflict_is_told() -> None:
    why = match(parsed(answer(subject="[CPA-000002-b2c3]")), KNOWN).why_not
    assert why == "it names several requests: 1 by its thread, 2 by its subject"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("account 8000000001", (4,)),
        ("account 8-000-000-001", (4,)),
        ("18000000001", ()),  # another number that ends in it
        ("80000000012", ()),
        ("", ()),
    ],
)
def test_a_service_account_suggests_its_requests(text: str, found: tuple[int, ...]) -> None:
    assert suggestions(parsed(mail(text)), {"8000000001": {4}}) == found


def test_only_our_own_servers_first_word_on_forgery_counts() -> None:
    head = b"Authentication-Results: mx; dmarc=%s\nAuthentication-Results: mx; dmarc=%s\n\n"
    assert is_forged(parsed(head % (b"fail", b"pass")))
    assert not is_forged(parsed(head % (b"pass", b"fail")))

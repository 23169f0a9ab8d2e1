"""Authorizations: what a form can say, signed and frozen, altered, renewed."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from datarequests.authorization_flow import AuthorizationEvent, AuthorizationState
from datarequests.consents import (
    Consent,
    ConsentError,
    Signature,
    all_seen,
    altered,
    check_consent,
    draft,
    expiring,
    moment,
    renew,
    seen,
    sign,
)
from datarequests.counterparties import shipped
from datarequests.history import add_to_authorization, authorization_of
from datarequests.workflow import IllegalMoveError
from extractor.base.database import writing
from tests.datarequests import made
from tests.datarequests.made import NOW

FILE = b"%PDF signed"
SHA = hashlib.sha256(FILE).hexdigest()
CONSENT = Consent(
    counterparty="sce",
    customer="acme",
    customer_of_record="ACME BAKERY LLC",
    mailing_address="1 Example St",
    accounts=(("8000000001", "1 Example St"),),
    agent={"name": "Pat", "email": "pat@example.com"},
    options=("1", "5"),
    duration="one_year",
    release_to="pat@example.com",
)
SIGNATURE = Signature(SHA, "form.pdf", "wet", NOW.date())
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"options": ("1", "9")}, "no option '9'"),
        ({"options": ("generation",)}, "no option 'generation'"),
        ({"options": ()}, "at least one option"),
        ({"duration": "forever"}, "no duration 'forever'"),
        ({"duration": "until"}, "a last day belongs"),
        ({"until": dt.date(2027, 1, 1)}, "a last day belongs"),
        ({"duration": "until", "until": dt.date(2026, 3, 1)}, "has passed"),
        ({"release_method": "pigeon"}, "not by 'pigeon'"),
        ({"accounts": ()}, "at least one service account"),
        ({"accounts": (("8000000001", "a"), ("8000000001", "b"))}, "named twice"),
        ({"customer_of_record": "\r\n"}, "customer of record"),
    ],
)
def test_a_form_has_a_place_for_all_it_says(changes: dict[str, Any], words: str) -> None:
    check_consent(CONSENT, shipped()["sce"], NOW.date())
    with pytest.raises(ConsentError, match=words):
        check_consent(replace(CONSENT, **changes), shipped()["sce"], NOW.date())


def test_a_draft_says_what_it_was_told_on_single_lines(desk: Engine) -> None:
    with writing(desk) as session:
        row = draft(session, replace(CONSENT, customer_of_record="ACME\r\nBcc: x"), "pat", NOW)
        assert row.customer_of_record == "ACME Bcc: x"
        assert row.form_revision == "2016-03"
        assert seen(session, row, NOW).validity.state is AuthorizationState.DRAFT


def test_a_signed_form_is_frozen_and_signed_once(desk: Engine) -> None:
    with writing(desk) as session:
        row = draft(session, CONSENT, "pat", NOW)
        sign(session, row.id or 0, SIGNATURE, "pat", NOW)
        now_is = seen(session, row, NOW).validity
        assert (now_is.holds, now_is.last) == (True, dt.date(2027, 3, 1))
        with pytest.raises(ConsentError, match="signed form of authorization 1"):
            sign(session, row.id or 0, SIGNATURE, "pat", NOW)
        with pytest.raises(IllegalMoveError):
            sign(session, row.id or 0, replace(SIGNATURE, sha256="b" * 64), "pat", NOW)
        assert row.signed_sha256 == SHA


def test_nothing_is_executed_in_the_future_of_the_counterparty(desk: Engine) -> None:
    evening = dt.datetime(2026, 3, 3, 4, tzinfo=dt.UTC)  # still the 2nd in Los Angeles
    with writing(desk) as session:
        row = draft(session, CONSENT, "pat", NOW)
        with pytest.raises(ConsentError, match="to come"):
            sign(session, row.id or 0, replace(SIGNATURE, executed_on=dt.date(2026, 3, 3)), "pat", evening)
        with pytest.raises(ConsentError, match="to come"):
            moment(session, row, dt.date(2026, 3, 3), evening)
        assert moment(session, row, dt.date(2026, 3, 2), evening) == dt.datetime(
            2026, 3, 2, 20, tzinfo=dt.UTC
        )


@pytest.mark.parametrize(("there", "is_altered"), [(FILE, False), (FILE + b" ", True), (None, True)])
def test_a_signed_file_that_is_changed_or_gone_is_found(
    desk: Engine, there: bytes | None, is_altered: bool
) -> None:
    with writing(desk) as session:
        draft(session, CONSENT, "pat", NOW)  # not signed: nothing to find
        row = draft(session, CONSENT, "pat", NOW)
        sign(session, row.id or 0, SIGNATURE, "pat", NOW)
        assert [one.number for one in altered(session, {SHA: there}.get, NOW)] == [2] * is_altered


def test_a_renewal_supersedes_when_it_is_signed_and_not_before(desk: Engine) -> None:
    with writing(desk) as session:
        old = made.authorization(session, NOW)
        later = NOW + 330 * DAY
        assert [one.number for one in expiring(session, later, 60)] == [old.id]
        fresh, is_new = renew(session, old, "pat", later)
        assert is_new
        assert renew(session, old, "pat", later) == (fresh, False)
        assert seen(session, old, later).validity.holds
        assert (fresh.customer_of_record, fresh.accounts, fresh.options) == (
            old.customer_of_record,
            old.accounts,
            old.options,
        )
        sign(session, fresh.id or 0, replace(SIGNATURE, executed_on=later.date()), "pat", later)
        assert seen(session, old, later).validity.state is AuthorizationState.SUPERSEDED
        assert seen(session, fresh, later).validity.holds
        assert list(expiring(session, later, 60)) == []
        assert [one.validity.holds for one in all_seen(session, later)] == [False, True]


def test_a_renewal_that_was_rejected_stands_in_no_ones_way(desk: Engine) -> None:
    with writing(desk) as session:
        old = made.authorization(session, NOW)
        first, _ = renew(session, old, "pat", NOW)
        sign(session, first.id or 0, SIGNATURE, "pat", NOW)
        add_to_authorization(session, first.id or 0, AuthorizationEvent.REJECTED, "pat", NOW, NOW)
        second, is_new = renew(session, old, "pat", NOW)
        assert is_new
        sign(
            session, second.id or 0, replace(SIGNATURE, sha256="c" * 64), "pat", NOW
        )  # the old one has ended before
        assert authorization_of(session, second.id or 0).supersedes_id == old.id


@pytest.mark.parametrize(
    ("fields", "days", "is_listed"),
    [
        ({}, 364 - 60, True),
        ({}, 364 - 61, False),
        ({}, 364 + 60, True),  # has expired, and nobody renewed it
        ({}, 364 + 61, False),
        ({"duration": "one_time"}, 350, False),  # good for one request: nothing to renew
    ],
)
def test_which_forms_expire_within_sixty_days(
    desk: Engine, fields: dict[str, Any], days: int, is_listed: bool
) -> None:
    with writing(desk) as session:
        made.authorization(session, NOW, **fields)
        assert bool(list(expiring(session, NOW + days * DAY, 60))) == is_listed


def test_a_form_until_a_day_is_renewed_for_as_long_again(desk: Engine) -> None:
    with writing(desk) as session:
        old = made.authorization(session, NOW, duration="until", until=NOW.date() + 100 * DAY)
        fresh, _ = renew(session, old, "pat", NOW + 90 * DAY)
        assert fresh.until == NOW.date() + 200 * DAY

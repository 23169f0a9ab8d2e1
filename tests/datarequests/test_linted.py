"""A request becomes ready when nothing speaks against it; what is accepted is kept with it."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from datarequests.history import events_of
from datarequests.lint import lint
from datarequests.linted import file_is, look_at, make_ready
from datarequests.looked import FileIs, Finding, Severity
from datarequests.on_bills import OnBills
from datarequests.viewed import Viewed, viewed
from extractor.base.database import writing
from tests.datarequests import made
from tests.datarequests.made import NOW

FILE = b"%PDF signed"
SHA = hashlib.sha256(FILE).hexdigest()
WARNING = Finding("some_rule", Severity.WARN, "it is odd")
REFUSAL = Finding("other_rule", Severity.REFUSE, "it is wrong")


def draft(session: Session) -> Viewed:
    under = made.authorization(session, signed_sha256=SHA)
    return viewed(session, made.request(session, authorization_id=under.id), NOW)


def again(session: Session, one: Viewed) -> Viewed:
    return viewed(session, one.request, NOW)


def test_a_clean_request_is_ready_once(desk: Engine) -> None:
    with writing(desk) as session:
        one = draft(session)
        assert make_ready(session, one, (), "pat", NOW)
        assert again(session, one).state == "ready"
        assert make_ready(session, again(session, one), (), "pat", NOW)
        assert [each.event for each in events_of(session, one.number)] == ["drafted", "linted"]


def test_warnings_wait_for_a_person_and_are_kept(desk: Engine) -> None:
    with writing(desk) as session:
        one = draft(session)
        assert not make_ready(session, one, (WARNING,), "pat", NOW)
        assert again(session, one).state == "draft"
        assert make_ready(session, one, (WARNING,), "pat", NOW, accept_warnings=True)
        assert events_of(session, one.number)[-1].detail == {"accepted": ["some_rule: it is odd"]}


def test_a_refusal_cannot_be_accepted_and_takes_ready_back(desk: Engine) -> None:
    with writing(desk) as session:
        one = draft(session)
        assert not make_ready(session, one, (REFUSAL, WARNING), "pat", NOW, accept_warnings=True)
        make_ready(session, one, (), "pat", NOW)
        assert not make_ready(session, again(session, one), (REFUSAL,), "pat", NOW)
        assert again(session, one).state == "draft"
        assert events_of(session, one.number)[-1].detail == {"refused": ["other_rule"]}


@pytest.mark.parametrize(
    ("there", "found"), [(FILE, FileIs.SAME), (FILE + b"x", FileIs.CHANGED), (None, FileIs.GONE)]
)
def test_the_signed_file_is_looked_at(desk: Engine, there: bytes | None, found: FileIs) -> None:
    with writing(desk) as session:
        one = draft(session)
        assert file_is(one, {SHA: there}.get) is found
        codes = {each.code for each in lint(look_at(session, one, OnBills(), {}, {SHA: there}.get))}
        assert ("file_is_as_signed" in codes) == (found is not FileIs.SAME)


def test_a_request_that_was_sent_under_the_same_form_counts(desk: Engine) -> None:
    with writing(desk) as session:
        under = made.authorization(session, duration="one_time", signed_sha256=SHA)
        made.sent(session, authorization_id=under.id)
        one = viewed(session, made.request(session, authorization_id=under.id, token="b2"), NOW)
        look = look_at(session, one, OnBills(), {}, {SHA: FILE}.get)
        assert look.others_sent == 1
        assert "is_used_once" in {each.code for each in lint(look)}

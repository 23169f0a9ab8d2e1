"""What speaks against sending a request: of each rule a case that breaks it, and one request that breaks none."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from datarequests.authorization_flow import AuthorizationState
from datarequests.counterparties import Counterparty, read, shipped
from datarequests.lint import RULES, is_refused, lint
from datarequests.looked import FileIs, Look, Severity, expected_latest
from datarequests.on_bills import OnBill, OnBills
from datarequests.on_roster import Held
from datarequests.tables import Authorization, DataRequest, RequestEvent, RequestItem
from datarequests.validity import Validity
from datarequests.viewed import Viewed

NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
TODAY = NOW.date()
AGENT = {
    "name": "Pat Example",
    "company": "Example Energy",
    "mailing_address": "2 Example St",
    "telephone": "213-555-0100",
    "email": "pat@example.com",
}
BILL = OnBill("8000000001", "1 EXAMPLE ST", "ACME BAKERY LLC", "700200000001")
BILLS = OnBills((BILL,), frozenset(("8000000001",)), frozenset(("700200000001",)))


def authorization(**fields: Any) -> Authorization:
    given: dict[str, Any] = {
        "id": 1,
        "counterparty": "sce",
        "customer": "acme",
        "customer_of_record": "ACME BAKERY LLC",
        "mailing_address": "1 Example St",
        "signatory": "Sam Sample",
        "signatory_title": "Owner",
        "agent": AGENT,
        "options": ["1", "5"],
        "duration": "one_year",
        "release_method": "email",
        "release_to": "pat@example.com",
        "form_revision": "2016-03",
        "accounts": [{"service_account": "8000000001", "service_address": "1 Example St"}],
        "signature_kind": "wet",
        "executed_on": TODAY,
        "signed_sha256": "a" * 64,
        "created_at": NOW,
        "who": "pat",
    }
    return Authorization(**(given | fields))


def item(
    option: str = "1", account: str = "8000000001", first: str = "2025-03-03", last: str = "2026-03-01"
) -> RequestItem:
    span: dict[str, Any] = {"first": dt.date.fromisoformat(first), "last": dt.date.fromisoformat(last)}
    return RequestItem(request_id=1, service_account=account, option=option, **span)


def item_without_days() -> RequestItem:
    return RequestItem(request_id=1, service_account="8000000001", option="7")


def look(
    items: tuple[RequestItem, ...] | None = None,
    under: dict[str, Any] | None = None,
    bills: OnBills = BILLS,
    file: FileIs = FileIs.SAME,
    state: AuthorizationState = AuthorizationState.ACTIVE,
    last: dt.date | None = dt.date(2027, 3, 1),
    wants: tuple[str, ...] = (),
    others_sent: int = 0,
    roster: Held | None = None,
    has_authorization: bool = True,
    to: Counterparty | None = None,
    **fields: Any,
) -> Look:
    given: dict[str, Any] = {
        "id": 1,
        "counterparty": "sce",
        "customer": "acme",
        "channel": "email",
        "token": "ab12",
        "created_at": NOW,
        "who": "pat",
    }
    detail = {"wants": list(wants)} if wants else {}
    drafted = RequestEvent(
        request_id=1, number=1, event="drafted", occurred_at=NOW, recorded_at=NOW, who="pat", detail=detail
    )
    return Look(
        Viewed(
            request=DataRequest(**(given | fields)),
            items=(item(),) if items is None else items,
            events=(drafted,),
            counterparty=to or shipped()["sce"],
            authorization=authorization(**(under or {})) if has_authorization else None,
            validity=Validity(state, last, TODAY) if has_authorization else None,
            now=NOW,
        ),
        bills,
        file,
        others_sent,
        roster={"8000000001": roster} if roster else {},
    )


def renamed(name: str) -> OnBills:
    return replace(BILLS, services=(replace(BILL, name=name),))


def moved(address: str) -> OnBills:
    return replace(BILLS, services=(replace(BILL, service_address=address),))


def sce(old: str, new: str) -> Counterparty:
    text = shipped()["sce"].text
    assert old in text
    return read(text.replace(old, new))


REFUSE, WARN = Severity.REFUSE, Severity.WARN
JULY, SINCE_JULY = dt.date(2025, 7, 1), (dt.date(2025, 7, 1), dt.date.max)
TO_JUNE = (dt.date.min, dt.date(2025, 6, 30))
ALWAYS = (dt.date.min, dt.date.max)
MANY = [{"service_account": f"80000000{at:02d}", "service_address": "1 Example St"} for at in range(1, 9)]

CASES: list[tuple[str, Severity, dict[str, Any]]] = [
    ("has_authorization", REFUSE, {"has_authorization": False}),
    ("has_authorization", REFUSE, {"under": {"customer": "other"}}),
    ("has_authorization", REFUSE, {"under": {"counterparty": "cpa"}}),
    ("is_signed", REFUSE, {"file": FileIs.NONE, "under": {"signed_sha256": None, "executed_on": None}, "last": None, "state": AuthorizationState.DRAFT}),
    ("is_signed", REFUSE, {"under": {"executed_on": None}}),
    ("is_signed", WARN, {"under": {"signatory": None}}),
    ("is_signed", WARN, {"under": {"signatory_title": None}}),
    ("is_signed", WARN, {"under": {"signature_kind": "electronic"}}),  # nobody has said whether it is taken
    ("is_signed", REFUSE, {"under": {"signature_kind": "electronic"}, "to": sce('electronic_signature = { value = "unknown"', 'electronic_signature = { value = "no"')}),
    ("authorization_holds", REFUSE, {"last": TODAY - dt.timedelta(days=1)}),
    ("authorization_holds", REFUSE, {"state": AuthorizationState.REVOKED}),
    ("authorization_holds", REFUSE, {"state": AuthorizationState.SUPERSEDED}),
    ("authorization_holds", REFUSE, {"state": AuthorizationState.VOID}),
    ("file_is_as_signed", REFUSE, {"file": FileIs.CHANGED}),
    ("file_is_as_signed", REFUSE, {"file": FileIs.GONE}),
    ("is_used_once", REFUSE, {"under": {"duration": "one_time"}, "others_sent": 1}),
    ("name_is_as_on_the_bill", REFUSE, {"bills": renamed("ACME BAKERY INC")}),
    ("name_is_as_on_the_bill", REFUSE, {"bills": renamed("ACME BAKERY, LLC")}),  # one character
    ("name_is_as_on_the_bill", WARN, {"bills": renamed("Acme  Bakery LLC")}),
    ("address_is_as_on_the_bill", WARN, {"bills": moved("1 EXAMPLE AVE")}),
    ("address_is_as_on_the_bill", REFUSE, {"under": {"accounts": [{"service_account": "8000000001"}]}}),
    ("account_has_its_digits", REFUSE, {"items": (item(account="800000001"),)}),
    ("account_has_its_digits", WARN, {"items": (item(account="800000001"),), "bills": OnBills((replace(BILL, service_account="800000001"),))}),  # a bill prints it
    ("account_has_its_digits", REFUSE, {"items": (item(account="8-000-000-001"),)}),
    ("account_has_its_digits", REFUSE, {"items": (item(account="\u0668000000001"),)}),
    ("account_is_no_customer_account", REFUSE, {"items": (item(account="700200000001"),)}),
    ("account_is_on_a_bill", WARN, {"items": (item(account="8000000002"),)}),
    ("accounts_are_on_the_form", REFUSE, {"items": (item(), item(account="8000000002"))}),
    ("accounts_fit_the_form", WARN, {"under": {"accounts": MANY}}),
    ("something_is_asked", REFUSE, {"items": ()}),
    ("something_is_asked", REFUSE, {"under": {"options": []}}),
    ("options_are_on_the_form", REFUSE, {"items": (item("6"),)}),
    ("options_are_on_the_form", REFUSE, {"items": (item("5"),), "under": {"options": ["1"]}}),
    ("option_5_for_intervals", REFUSE, {"wants": ("interval",)}),
    ("bills_are_not_to_be_had", REFUSE, {"wants": ("bill_pdf",)}),
    ("one_interval_is_chosen", REFUSE, {"under": {"duration": ""}}),
    ("one_interval_is_chosen", REFUSE, {"under": {"duration": "one_time, one_year"}}),
    ("one_interval_is_chosen", REFUSE, {"under": {"duration": "until"}}),
    ("one_interval_is_chosen", WARN, {"under": {"duration": "until", "until": dt.date(2029, 3, 3)}}),
    ("release_has_its_address", REFUSE, {"under": {"release_to": ""}}),
    ("agent_is_named", REFUSE, {"under": {"agent": AGENT | {"telephone": ""}}}),
    ("agent_is_named", REFUSE, {"under": {"agent": {}}}),
    ("revision_is_current", WARN, {"under": {"form_revision": "2011-04"}}),  # which is current is assumed
    ("days_are_the_customers", REFUSE, {"roster": Held((SINCE_JULY,), (TO_JUNE,))}),
    ("days_are_the_customers", REFUSE, {"roster": Held((TO_JUNE,), (SINCE_JULY,))}),
    ("days_are_the_customers", REFUSE, {"roster": Held((), (SINCE_JULY,))}),  # no row of the customer's own
    ("days_are_the_customers", REFUSE, {"roster": Held((SINCE_JULY,), (ALWAYS,))}),
    ("days_are_the_customers", WARN, {"roster": Held((SINCE_JULY,))}),
    ("look_back_is_short", WARN, {"items": (item(first="2025-03-01"),)}),
    ("days_have_come", WARN, {"items": (item(last="2026-03-31"),)}),
    ("holds_until_the_answer", WARN, {"last": dt.date(2026, 3, 15)}),  # due on 2026-03-16
    ("channel_has_an_address", WARN, {"channel": "fax"}),
    ("channel_has_an_address", REFUSE, {"to": sce('address = { value = "3rdparty@sce.com", source = "desk" }', "")}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "severity", "given"), CASES)
def test_a_rule_finds_what_breaks_it(code: str, severity: Severity, given: dict[str, Any]) -> None:
    found = [one.severity for one in lint(look(**given)) if one.code == code]
    assert severity in found


GOOD: list[dict[str, Any]] = [
    {},
    {"items": (item(), item("5")), "wants": ("interval", "billing_history")},
    {"items": (item(first="2025-03-02"),)},  # twelve months back, to the day
    {"last": dt.date(2026, 3, 16)},  # the answer is due on its last day
    {"under": {"duration": "until", "until": dt.date(2029, 3, 2)}, "last": dt.date(2029, 3, 2)},
    {"under": {"accounts": MANY[:7]}},
    {"under": {"duration": "one_time"}},
    {"bills": moved("1  Example st")},
    {"bills": OnBills(known=frozenset(("8000000001",)))},
    {"items": (item("3a"),), "under": {"options": ["3"]}},
    {"items": (item("3a"),), "under": {"options": ["3a"]}},
    {"items": (item(account="700200000001"),), "under": {"accounts": [{"service_account": "700200000001", "service_address": "1 St"}]}, "bills": OnBills(known=frozenset(("700200000001",)), customer_accounts=frozenset(("700200000001",)))},
]  # fmt: skip


GOOD += [
    {"roster": Held((ALWAYS,))},
    {"roster": Held((ALWAYS,), (TO_JUNE,))},  # both: nobody knows better
    {"roster": Held((), ((JULY - dt.timedelta(days=900), dt.date(2025, 3, 2)),))},  # until the day before
    {"roster": Held((SINCE_JULY,), (TO_JUNE,)), "items": (item(first="2025-07-01"),)},
    {"roster": Held((TO_JUNE,), (SINCE_JULY,)), "items": (item(last="2025-06-30"),)},
    {"roster": Held((TO_JUNE, SINCE_JULY))},
    {"roster": Held((), (ALWAYS,)), "items": (item_without_days(),), "under": {"options": ["7"]}},
]


@pytest.mark.parametrize("given", GOOD)
def test_nothing_speaks_against_a_good_request(given: dict[str, Any]) -> None:
    assert lint(look(**given)) == ()


def test_every_rule_has_a_case_and_a_reason() -> None:
    assert {rule.__name__ for rule in RULES} == {code for code, _, _ in CASES}
    for rule in RULES:
        assert rule.__doc__ is not None
        assert rule.__doc__.endswith(".")


def test_days_of_another_customer_are_named_and_what_is_nobodys_only_warned_of() -> None:
    held = Held((SINCE_JULY,), ((dt.date(2025, 4, 1), dt.date(2025, 6, 30)),))
    found = [
        one for one in lint(look((item(), item("5")), roster=held)) if one.code == "days_are_the_customers"
    ]
    assert [(one.severity, one.said) for one in found] == [
        (
            REFUSE,
            "by the roster 8000000001 is another customer's from 2025-04-01 to 2025-06-30; draft other days (--from,"
            " --to) and `billclerk request withdraw 1`, or mend the roster: `billclerk accounts import`",
        ),
        (WARN, "by the roster 8000000001 is not acme's from 2025-03-03 to 2025-03-31, nor anybody's"),
    ]


def test_what_is_refused_comes_first() -> None:
    found = lint(look(items=(item(first="2025-03-01"), item("6")), under={"signatory_title": None}))
    assert [one.severity for one in found] == sorted(
        (one.severity for one in found), key=lambda one: one is WARN
    )
    assert is_refused(found)
    assert not is_refused(tuple(one for one in found if one.severity is WARN))


def test_the_answer_is_due_ten_business_days_after_today() -> None:
    assert expected_latest(look().viewed) == dt.date(2026, 3, 16)
    late = replace(look().viewed, now=dt.datetime(2026, 3, 3, 2, tzinfo=dt.UTC))  # Monday 18:00 there
    assert expected_latest(late) == dt.date(2026, 3, 17)

"""After an account has passed from one customer to another each is shown his own days, and nobody the other's."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.model import ReadResult
from extractor.store.current import Wanted, current
from extractor.store.roster import Entry
from extractor.store.whose import customer_of
from tests.extractor.made_bills import record, service
from tests.extractor.rosters import take_roster
from tests.extractor.store.test_standing import Kept

ACCOUNT = "700200000001"
UNTIL, THEN = dt.date(2026, 5, 31), dt.date(2026, 6, 1)
BAKERY = Entry("bakery", "Example Bakery", ACCOUNT, "customer", valid_to=UNTIL)
SCHOOL = Entry("school", "Example School", ACCOUNT, "customer", valid_from=THEN)


def billed(statement: str, *periods: tuple[str, str]) -> ReadResult:
    return record(statement, *(service(*period) for period in periods))


def undated() -> ReadResult:
    result = record("2026-06-02", service("2026-05-01", "2026-05-31").model_copy(update={"period": None}))
    assert result.bill is not None
    return result.model_copy(update={"bill": result.bill.model_copy(update={"statement_date": None})})


def without_periods(statement: str) -> ReadResult:
    return record(statement, service("2026-05-01", "2026-05-31").model_copy(update={"period": None}))


@pytest.mark.parametrize(
    ("roster", "bill", "whose"),
    [
        ((BAKERY, SCHOOL), billed("2026-06-02", ("2026-05-01", "2026-05-31")), "bakery"),  # made in June, of May
        ((BAKERY, SCHOOL), billed("2026-07-02", ("2026-06-01", "2026-06-30")), "school"),
        ((BAKERY, SCHOOL), billed("2026-06-12", ("2026-05-11", "2026-06-10")), None),  # of both
        (
            (BAKERY, SCHOOL),
            billed("2026-07-02", ("2026-05-01", "2026-05-31"), ("2026-06-01", "2026-06-30")),
            None,
        ),
        ((BAKERY, SCHOOL), billed("2026-09-02", ("2026-04-01", "2026-04-30")), "bakery"),  # billed anew
        ((BAKERY, SCHOOL), without_periods("2026-05-31"), "bakery"),
        ((BAKERY, SCHOOL), without_periods("2026-06-01"), "school"),
        ((BAKERY, SCHOOL), undated(), None),  # of either
        ((BAKERY,), undated(), "bakery"),  # nobody else ever had the account
        ((BAKERY,), billed("2026-07-02", ("2026-06-01", "2026-06-30")), None),
        ((SCHOOL,), billed("2026-06-12", ("2026-05-11", "2026-06-10")), None),
        (
            (  # one customer, two rows: it has moved
                Entry("bakery", "Example Bakery", ACCOUNT, "customer", "a", valid_to=UNTIL),
                Entry("bakery", "Example Bakery", ACCOUNT, "customer", "b", valid_from=THEN),
            ),
            billed("2026-06-12", ("2026-05-11", "2026-06-10")),
            "bakery",
        ),
        (
            (  # one who left and came back: somebody else had it between
                BAKERY,
                Entry("school", "School", ACCOUNT, "customer", valid_from=THEN, valid_to=dt.date(2026, 6, 3)),
                Entry("bakery", "Example Bakery", ACCOUNT, "customer", valid_from=dt.date(2026, 6, 4)),
            ),
            billed("2026-06-12", ("2026-05-11", "2026-06-10")),
            None,
        ),
        ((Entry("bakery", "Bakery", ACCOUNT, "service"),), billed("2026-06-02", ("2026-05-01", "2026-05-31")), None),
    ],
)  # fmt: skip
def test_a_bill_is_the_customers_who_has_the_account_on_all_its_days(
    kept: Engine, roster: tuple[Entry, ...], bill: ReadResult, whose: str | None
) -> None:
    Kept(kept).put(bill)
    with writing(kept) as session:
        take_roster(session, roster)
    with reading(kept) as session:
        shown = {key for key in ("bakery", "school") if list(current(session, Wanted(customer=key)))}
        (one,) = current(session)
        found = customer_of(session, one.bill_id)
        assert (found.key if found else None) == whose
    assert shown == ({whose} if whose else set())


METER, CPAS = "8000000001", "3-008-0000-01"
MAY = ("2026-05-01", "2026-05-31")
OWNER = Entry("bakery", "Example Bakery", ACCOUNT, "customer")
ITS_METER = Entry("bakery", "Example Bakery", METER, "service")
ITS_OTHER = Entry("bakery", "Example Bakery", CPAS, "service")
TENANT = Entry("school", "Example School", CPAS, "service")


def combined() -> ReadResult:
    return record("2026-06-02", service(*MAY), service(*MAY, provider="CPA", role="generation", account=CPAS))


@pytest.mark.parametrize(
    ("roster", "bill", "whose", "partly"),
    [
        ((ITS_METER,), billed("2026-06-02", MAY), "bakery", set()),  # a roster of meters alone
        ((ITS_METER, ITS_OTHER), combined(), "bakery", set()),
        ((ITS_METER,), combined(), None, {"bakery"}),  # the rest of it may be anybody's
        ((ITS_METER, TENANT), combined(), None, {"bakery", "school"}),  # a landlord's statement
        ((OWNER, TENANT), combined(), None, {"bakery", "school"}),  # also where he has the account
        ((OWNER,), combined(), "bakery", set()),
        ((OWNER, ITS_METER), combined(), "bakery", set()),
        (  # the tenant left before
            (OWNER, Entry("school", "School", CPAS, "service", valid_to=dt.date(2026, 4, 30))),
            combined(),
            "bakery",
            set(),
        ),
        (  # the tenant left in the middle of it
            (OWNER, Entry("school", "School", CPAS, "service", valid_to=dt.date(2026, 5, 3))),
            combined(),
            None,
            {"bakery", "school"},
        ),
        ((TENANT, Entry("bakery", "Bakery", "9", "customer")), combined(), None, {"school"}),
        ((Entry("school", "School", METER, "service"), OWNER), billed("2026-06-02", MAY), None, {"bakery", "school"}),
        (  # the account is another's: it does not help that the meter is
            (Entry("school", "School", ACCOUNT, "customer"), ITS_METER),
            billed("2026-06-02", MAY),
            None,
            {"bakery", "school"},
        ),
        ((ITS_METER,), without_periods("2026-05-31"), "bakery", set()),
        ((ITS_METER,), record("2026-06-02"), None, set()),  # a bill without any service
    ],
)  # fmt: skip
def test_service_accounts_of_the_roster_keep_others_out_and_find_bills_whose_account_nobody_has(
    kept: Engine, roster: tuple[Entry, ...], bill: ReadResult, whose: str | None, partly: set[str]
) -> None:
    Kept(kept).put(bill)
    with writing(kept) as session:
        take_roster(session, roster)
    with reading(kept) as session:
        keys = ("bakery", "school")
        shown = {key for key in keys if list(current(session, Wanted(customer=key)))}
        parted = {key for key in keys if list(current(session, Wanted(customer=key, is_partly=True)))}
        (one,) = current(session)
        found = customer_of(session, one.bill_id)
    assert (found.key if found else None, shown, parted) == (whose, {whose} if whose else set(), partly)

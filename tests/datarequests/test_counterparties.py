"""What is known of counterparties: read whole, with its sources, or refused with the place at fault."""

import datetime as dt
from decimal import Decimal
from importlib import resources

import pytest
from sqlalchemy import Engine

from datarequests.counterparties import CounterpartyError, Source, read, shipped
from datarequests.desks import desk as counterparty_of
from datarequests.desks import desks, take, used
from extractor.base.database import writing
from tests.datarequests.made import NOW, WHO

SCE = (resources.files("datarequests.known") / "sce.toml").read_text()


def test_what_is_shipped_names_a_source_for_every_value() -> None:
    for one in shipped().values():
        assert one.known.calendar.last >= dt.date(2030, 12, 31)
        known = one.known
        sources: list[Source] = [
            *(row.source for row in known.windows),
            *(row.source for row in known.calendar.closed),
            *(row.source for row in known.fees),
        ]
        for source in sources:
            assert source.text
            assert source.assumed or source.verified_on


def test_published_fees_and_the_second_hand_ones_are_both_there_and_only_the_first_count() -> None:
    sce = shipped()["sce"]
    today = dt.date(2026, 11, 30)
    published = sce.fees_on(today, "CISR-SF")
    assert published is not None
    assert (published.base, published.per_account["interval"]) == (Decimal("2.10"), Decimal("11.00"))
    assert not published.alternative
    other = sce.fees_on(today, "seed-2026")
    assert other is not None
    assert other.alternative
    assert other.source.assumed
    assert sce.fees_on(dt.date(2025, 1, 1), "CISR-SF") is None


def test_cpa_has_a_target_of_our_own_and_sce_an_expected_window() -> None:
    day = dt.date(2026, 11, 30)
    found = {key: one.window(day, ()).is_target for key, one in shipped().items()}
    assert found == {"cpa": True, "sce": False}


def test_a_window_may_differ_by_option_and_by_day_and_the_longest_counts() -> None:
    more = """[[windows]]
from = 2027-01-01
kind = "expected"
earliest = 3
latest = 15
options = ["5"]
source = "window"

[[forms]]
from = 2016-11-01"""
    one = read(SCE.replace("[[forms]]\nfrom = 2016-11-01", more, 1))
    days = dt.date(2026, 12, 31), dt.date(2027, 1, 1)
    asked: tuple[set[str], ...] = ({"5"}, {"1"}, {"1", "5"})
    assert [[one.window(day, options).latest for options in asked] for day in days] == [
        [10, 10, 10],
        [15, 10, 15],
    ]
    with pytest.raises(CounterpartyError, match="no window of business days is known for 2013-12-31"):
        one.window(dt.date(2013, 12, 31), {"5"})


def test_another_text_is_another_version() -> None:
    assert read(SCE).version == read(SCE).version != read(SCE + "\n").version


@pytest.mark.parametrize(
    ("was", "instead", "says"),
    [
        ('source = "window"', 'source = "nobody"', "there is no source 'nobody'; add it under"),
        ("latest = 10", "latest = 3", "windows.0: Value error, the latest day comes before the earliest"),
        ('value = "America/Los_Angeles"', 'value = "Pacific"', "zone: Value error, 'Pacific' is no time zone; write America/Los_Angeles"),
        ('value = "17:00"', 'value = "5 pm"', "cutoff.value: Input should be in a valid time format"),
        ('kind = "fax"', 'kind = "pigeon"', "channels.1.kind: Input should be 'email', 'fax', 'mail' or 'portal'"),
        ("look_back_months =", "look_back_month =", "look_back_months: Field required"),
        ('key = "sce"', 'key = "S C E"', "key: String should match pattern"),
        ('key = "sce"', 'key = "sce', "sce.toml: Illegal character"),
        ("date = 2026-01-01", 'date = "soon"', "calendar.closed.\\d+.date: Input should be a valid date"),
        (', assumed = true }\nzone', " }\nzone", "sender_domains.source.assumed: Field required"),
    ],
)  # fmt: skip
def test_a_file_that_says_what_it_cannot_is_refused(was: str, instead: str, says: str) -> None:
    assert was in SCE
    with pytest.raises(CounterpartyError, match=f"sce.toml: {says}" if "sce.toml" not in says else says):
        read(SCE.replace(was, instead, 1), "sce.toml")


def test_what_a_newer_program_brings_counts_unless_a_firm_took_its_own_in(desk: Engine) -> None:
    brought, older = shipped()["sce"].version, read(SCE + "\n# as an older program brought it\n")
    with writing(desk) as session:
        used(session, older, WHO, NOW)
        assert counterparty_of(session, "sce").version == desks(session)["sce"].version == brought
        assert counterparty_of(session, "sce", older.version).version == older.version
        used(session, shipped()["sce"], WHO, NOW)
        assert take(session, older, WHO, NOW)  # a firm's own from now on
        assert not take(session, older, WHO, NOW)
        used(session, shipped()["sce"], WHO, NOW)
        assert counterparty_of(session, "sce").version == desks(session)["sce"].version == older.version
        assert counterparty_of(session, "sce", brought).version == brought
        assert take(session, shipped()["sce"], WHO, NOW)
        assert counterparty_of(session, "sce").version == brought

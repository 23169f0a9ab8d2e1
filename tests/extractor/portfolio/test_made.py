"""The made portfolio is what it says: sums close, cases are planted, and nothing else is to be found."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from extractor.base.database import reading
from extractor.cli import app
from extractor.home import Home
from extractor.home import found as home_found
from extractor.model import Bill, Charge, Component, Period, ReadResult, Service
from extractor.seasons import seasons_of
from extractor.store.billing_history import HistoryRow
from extractor.store.current import current
from extractor.store.opening import store
from extractor.store.people import Account, Manager
from extractor.store.questions import questions
from extractor.store.suggestions import suggestions
from extractor.store.tables import Bill as BillRow
from extractor.store.tables import Document, ServiceStanding
from extractor.store.tables import Service as ServiceRow
from tests.extractor.portfolio.cases import COUNT, lives
from tests.extractor.portfolio.life import MONTHS
from tests.extractor.portfolio.made import PLANTED, SMALL, TODAY, clean_accounts, made, main, months_until
from tests.extractor.portfolio.places import Place, place
from tests.extractor.portfolio.sent import Sent, statements, usual

CENT = Decimal("0.01")
NONE = Decimal(0)
DAY = dt.timedelta(days=1)


@cache
def cleanly() -> tuple[tuple[Place, tuple[tuple[Sent, Bill], ...]], ...]:
    """The clean accounts' statements: of all schedules, products, vintages and cities."""
    return tuple(_of(place(number)) for number in range(COUNT + 1, COUNT + 61))


def _of(one: Place) -> tuple[Place, tuple[tuple[Sent, Bill], ...]]:
    return one, tuple(_bills(usual([one], months_until(TODAY))))


def _bills(sents: list[Sent], is_new: bool = False) -> Iterator[tuple[Sent, Bill]]:
    for sent, result in statements(sents, is_new):
        assert result.bill is not None
        yield sent, result.bill


@cache
def all_bills() -> tuple[Bill, ...]:
    """All statements of planted cases and of some clean accounts, also those that never came."""
    found = [bill for _, bills in cleanly() for _, bill in bills]
    for life in lives(months_until(TODAY)).values():
        found += [bill for _, bill in _bills(life.sents)]
        found += [bill for sents in life.others for _, bill in _bills(sents, is_new=True)]
    return tuple(found)


# --- sums -------------------------------------------------------------------------------------------------


def test_charges_add_up_to_services_and_services_to_what_is_due() -> None:
    for bill in all_bills():
        for service in bill.services:
            assert sum((line.amount for line in service.charges), NONE) == service.total
        assert sum((one.total or NONE for one in bill.services), NONE) == bill.new_charges
        summary = sum((line.amount for line in bill.account_lines), NONE)
        assert (bill.previous_balance or NONE) + summary + (bill.new_charges or NONE) == bill.amount_due


def test_lines_are_what_they_multiply() -> None:
    for line in (line for bill in all_bills() for one in bill.services for line in one.charges):
        if line.rate is None or line.quantity is None:
            continue
        days = Decimal(line.days[0]) / line.days[1] if line.days else Decimal(1)
        rate = line.rate / 100 if line.unit == "USD" else line.rate
        exact = line.quantity * rate * days
        assert abs(exact - line.amount) <= CENT / 2 + Decimal("1e-9"), line.label


def test_generation_is_of_the_kwh_that_were_delivered() -> None:
    for _, bills in cleanly():
        for _, bill in bills:
            if len(bill.services) == 2:
                delivery, generation = bill.services
                supplied = sum(
                    (line.quantity or NONE for line in generation.charges if line.component == "energy"), NONE
                )
                assert abs(supplied - (delivery.usage_kwh or NONE)) < 6


def test_records_are_valid_as_they_are_kept(small: Engine) -> None:
    with Session(small) as session:
        for record in session.exec(select(BillRow.record)):
            assert ReadResult.model_validate_json(record).model_dump_json() == record


# --- clean accounts ------------------------------------------------------------------------------------------


def test_a_clean_account_has_every_month_once_without_gap_or_overlap() -> None:
    names = ["{}-{:02d}".format(*month) for month in months_until(TODAY)]
    for _, bills in cleanly():
        assert [sent.parts[0].month for sent, _ in bills] == names
        for (sent, bill), (following, _) in pairwise(bills):
            assert following.parts[0].start == sent.parts[0].end + DAY
            assert bill.next_cycle_end == following.parts[0].end
        for sent, bill in bills:
            for one in bill.services:
                assert one.period == Period(
                    start=sent.parts[0].start, end=sent.parts[0].end, days=sent.parts[0].days
                )


def test_a_clean_account_pays_what_it_owed() -> None:
    for _, bills in cleanly():
        for (_, bill), (_, following) in pairwise(bills):
            assert following.previous_balance == bill.amount_due
            assert following.balance_forward == 0


def test_a_clean_account_stays_what_it_is() -> None:
    for _, bills in cleanly():
        seen = {_is(bill) for _, bill in bills}
        assert len(seen) == 1
        assert not any(one.estimated for _, bill in bills for one in bill.services)


def _is(bill: Bill) -> tuple[object, ...]:
    lines = [line for one in bill.services for line in one.charges]
    return (
        tuple((one.provider, one.rate_schedule, one.product, one.meter, one.pod_id) for one in bill.services),
        frozenset(line.vintage for line in lines),
        frozenset(line.rate for line in lines if line.component == Component.UUT and line.unit == "USD"),
    )


def test_printed_usage_history_is_what_was_billed() -> None:
    for _, bills in cleanly():
        used = {sent.parts[0].month: bill.services[0].usage_kwh for sent, bill in bills}
        for _, bill in bills:
            printed = {one.month: one.kwh for one in bill.services[0].usage_history}
            assert {month: kwh for month, kwh in printed.items() if month in used}.items() <= used.items()


def test_a_clean_account_uses_and_costs_what_it_does_in_its_season() -> None:
    """Within a quarter of the median: what a rule calls unusual has to be farther off."""
    for _, bills in cleanly():
        by_season: dict[str, list[list[Decimal]]] = defaultdict(list)
        for sent, bill in bills:
            seasons = "and".join(seasons_of(sent.parts[0].start, sent.parts[0].end))
            by_season[seasons].append(_figures(bill))
        for months in by_season.values():
            for figures in zip(*months, strict=True):
                middle = median(figures)
                assert all(abs(one - middle) <= middle / 4 for one in figures)


def _figures(bill: Bill) -> list[Decimal]:
    """Return kWh a day, kW and dollars per kWh."""
    one = bill.services[0]
    assert one.period is not None
    kwh = one.usage_kwh or NONE
    return [kwh / (one.period.days or 0), one.max_demand_kw or NONE, (bill.new_charges or NONE) / kwh]


def test_all_pay_the_rates_of_their_peers() -> None:
    """Of a schedule, product, vintage and price on one day there is one rate, but for what is planted."""
    rates: dict[tuple[object, ...], set[Decimal]] = defaultdict(set)
    for bill in all_bills():
        for one in bill.services:
            for line in one.charges:
                if line.rate is not None and line.unit != "USD":
                    rates[_priced(one, line)].add(line.rate)
    several = {(*key[3:6], str(key[-1])[:7]) for key, found in rates.items() if len(found) > 1}
    assert several == {(Component.ENERGY, "delivery", "off_peak", *PLANTED["wrong rate"].months)}


def test_pcia_is_one_of_a_vintage_and_a_year() -> None:
    """The one line that is not is planted."""
    rates: dict[tuple[str | None, int], Counter[Decimal | None]] = defaultdict(Counter)
    for bill in all_bills():
        for one in bill.services:
            lines = [line for line in one.charges if line.component == Component.PCIA]
            assert one.period is not None
            for line, day in zip(lines, (one.period.start, one.period.end), strict=False):
                rates[line.vintage, day.year][line.rate] += 1
    several = {key: found for key, found in rates.items() if len(found) > 1}
    assert several.keys() == {("2018", 2026)}
    assert sorted(several["2018", 2026].values())[:-1] == [1]


def _priced(one: Service, line: Charge) -> tuple[object, ...]:
    """Return what a rate goes by; a line of a period with several rates goes by its place among them."""
    same = [
        other
        for other in one.charges
        if (other.section, other.component, other.label, other.group)
        == (line.section, line.component, line.label, line.group)
    ]
    assert one.period is not None
    what = (
        line.label,
        line.season,
        line.group,
        line.vintage,
        same.index(line),
        len(same),
        str(one.period.start),
    )
    end = str(one.period.end)
    return (one.provider, one.rate_schedule, one.product, line.component, line.section, line.tou, *what, end)


# --- what is planted -----------------------------------------------------------------------------------------


def test_each_case_is_on_accounts_of_its_own() -> None:
    seen = Counter(number for case in PLANTED.values() for number in case.accounts)
    assert set(seen.values()) == {1}
    assert not seen.keys() & {place(number).service_account for number in range(COUNT + 1, 401)}


def test_each_case_is_in_the_portfolio_and_in_its_months(small: Engine) -> None:
    with reading(small) as session:
        asked = select(col(ServiceRow.service_account), col(ServiceRow.period_end))
        there = {(account, f"{end:%Y-%m}") for account, end in session.exec(asked) if end is not None}
    accounts = {account for account, _ in there}
    for name, case in PLANTED.items():
        assert set(case.accounts) <= accounts, name
        absent = [month for month in case.months if not any((one, month) in there for one in case.accounts)]
        assert absent == NEVER_CAME.get(name, []), name


NEVER_CAME = {
    name: list(PLANTED[name].months)
    for name in ("missing statement", "history only", "late statement", "expected statement")
}


def test_what_does_not_count_is_what_is_planted(small_kept: Engine) -> None:
    """On each kind of database; two services at most of one document stand alike."""
    with reading(small_kept) as session:
        assert _standings(session) == STANDINGS


def test_in_the_whole_portfolio_nothing_else_is_in_doubt(portfolio: Engine) -> None:
    with reading(portfolio) as session:
        assert _standings(session) == STANDINGS


def test_every_clean_account_has_come_with_all_its_months(portfolio: Engine) -> None:
    with reading(portfolio) as session:
        asked = select(col(ServiceRow.service_account), col(ServiceRow.role), func.count()).group_by(
            col(ServiceRow.service_account), col(ServiceRow.role)
        )
        found = {(account, role): count for account, role, count in session.exec(asked)}
        roster = set(session.exec(select(Account.number).where(Account.kind == "service")))
    clean = set(clean_accounts())
    assert len(clean) == 400 - COUNT
    assert clean <= {account for account, _ in found}
    assert {count for (account, _), count in found.items() if account in clean} == {MONTHS}
    assert clean <= roster
    assert len(roster) == 401  # the transfer's two tenants


def test_a_home_is_made_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(tmp_path / "home"), "--accounts", str(SMALL)])
    said = capsys.readouterr()
    assert [line.split(": ")[0] for line in said.out.splitlines()] == list(PLANTED)
    assert "originals of its bills are missing" in said.err
    home = home_found(tmp_path / "home", {}, tmp_path)
    with store(home.database, home.path) as engine, reading(engine) as session:
        assert len(set(session.exec(select(Manager.key)))) == 3


def test_a_home_with_a_copy_is_one_that_commands_work_in(small_home: Home) -> None:
    run = CliRunner().invoke(app, ["accounts", "--home", str(small_home.path)])
    assert run.exit_code == 0
    assert PLANTED["renumbered"].accounts[-1] in run.output


@pytest.mark.parametrize(("accounts", "months"), [(COUNT - 1, MONTHS), (COUNT, MONTHS - 1)])
def test_a_portfolio_that_has_no_room_for_the_cases_is_refused(
    kept: Engine, accounts: int, months: int
) -> None:
    with pytest.raises(ValueError, match="the planted cases need"):
        made(kept, accounts, months)


def _standings(session: Session) -> dict[str, Counter[str]]:
    names = {number: name for name, case in PLANTED.items() for number in case.accounts}
    asked = select(ServiceRow.service_account, ServiceStanding.standing).join(
        ServiceStanding, col(ServiceStanding.service_id) == col(ServiceRow.id)
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for account, standing in session.exec(asked):
        if standing != "counts":
            found[names.get(account or "", "clean")][standing] += 1
    found.pop("overlap of a day", None)
    return dict(found)


STANDINGS = {
    "rebill, bundled": Counter(replaced=1),
    "rebill, delivery only": Counter(replaced=1),
    "duplicate file": Counter(same=2),  # delivery and generation of the scan
    "own bill of CPA": Counter(duplicate=1),
    "two versions": Counter(asked=4),
    "undecided pair": Counter(undecided=2),
    "overlap of days": Counter(undecided=2),
}


def test_an_overlap_of_a_day_of_cpa_is_tolerated(small: Engine) -> None:
    (account,) = PLANTED["overlap of a day"].accounts
    with reading(small) as session:
        asked = (
            select(ServiceStanding.standing)
            .join(ServiceRow, col(ServiceRow.id) == col(ServiceStanding.service_id))
            .where(ServiceRow.service_account == account)
        )
        assert set(session.exec(asked)) == {"counts"}


def test_states_are_what_is_planted(small: Engine) -> None:
    names = {number: name for name, case in PLANTED.items() for number in case.customer_accounts}
    with reading(small) as session:
        found = {
            (names.get(kept.result.bill.customer_account or "") if kept.result.bill else None, kept.state)
            for kept in current(session)
            if kept.state != "verified"
        }
    assert found == {("in review", "review"), ("accepted", "accepted"), (None, "unreadable")}


def test_a_person_is_asked_of_what_is_planted(small: Engine) -> None:
    numbers = {number: name for name, case in PLANTED.items() for number in case.customer_accounts}
    with reading(small) as session:
        asked = {numbers[one.bills[0].customer_account or ""] for one in questions(session)}
        of_numbers = [(one.kind, one.number, one.other) for one in suggestions(session)]
    assert asked - {"overlap of a day"} == {"two versions", "undecided pair", "overlap of days"}
    assert of_numbers == [("succession", *PLANTED["transfer"].accounts)]


def test_a_table_of_billing_history_tells_of_a_month_that_never_came(small: Engine) -> None:
    with reading(small) as session:
        rows = session.exec(select(HistoryRow)).all()
    found = [((row.service_account,), (f"{row.period_end:%Y-%m}",)) for row in rows]
    assert found == [(PLANTED["history only"].accounts, PLANTED["history only"].months)]
    assert all((row.kwh or NONE) > (row.amount or NONE) > 0 for row in rows)


def test_months_before_the_last_24_are_usual() -> None:
    many = lives(months_until(TODAY, MONTHS + 6))
    assert [sent.kind for sent in many["rebill, bundled"].sents].index("corrected") == 22
    assert len(many["missing statement"].sents) == MONTHS + 6


def test_documents_come_on_mondays_until_today(small: Engine) -> None:
    with reading(small) as session:
        days = {at.date() for at in session.exec(select(Document.taken_at))}
    assert max(days) == TODAY
    assert {day.weekday() for day in days} == {0}


def test_a_small_portfolio_has_all_cases() -> None:
    assert SMALL > COUNT == sum(len({n[-4:] for n in case.accounts}) for case in PLANTED.values())

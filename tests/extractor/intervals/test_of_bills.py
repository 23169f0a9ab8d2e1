"""Bills and readings through both stores and the command: exact where the load is the billed one.

Each case is an account of its own, so that one question answers them all, as it does in use.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import threading
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.export.joined import JOIN_COLUMNS
from extractor.home import Home
from extractor.intervals.given import Account, Series
from extractor.intervals.of_bills import OfService, of_bills
from extractor.model import Service
from extractor.store.aliases import AliasKind, add_alias
from extractor.store.current import current
from tests.extractor.intervals.held.stored import NOW, block
from tests.extractor.intervals.held.stored import kept as keep
from tests.extractor.intervals.joined import ACCOUNT, bill, command, import_load, of_account, put, told
from tests.extractor.intervals.loads import KWH, ROOT, billed_by, load_of, quarters, services
from tests.extractor.intervals.test_year import _one_after_the_other as one_after_the_other
from tests.extractor.store.test_numbers import PAT, day

Values = dict[int, int]
Put = Callable[[Home, Engine, str, Values], None]

GS2D = "gs2d-bundled-summer-2025"
OWN_NUMBER = "d4-cpa-own-service-account-2026"
QUARTER, HOUR, DAY = 900, 3600, 86_400


def sample(name: str, role: str = "") -> Service:
    [found] = [one for one in services(name) if role in (one.role, "")]
    return found


def billed_load(service: Service) -> Values:
    """Return a service's own load with a week on both sides that has another one."""
    values, period = load_of(service), service.period
    assert values is not None and period is not None
    week = dt.timedelta(days=7)
    size = sum(values.values()) // len(values)
    around = quarters(period.start - week, period.end + week)
    return {at: values.get(at, size * (at // QUARTER % 5) // 2) for at in around}


def later(values: Values, seconds: int) -> Values:
    return {at + seconds: value for at, value in values.items()}


def without(values: Values, first: int, count: int) -> Values:
    """Leave out readings, counted from the first of the period."""
    gone = set(list(values)[672 + first : 672 + first + count])
    return {at: value for at, value in values.items() if at not in gone}


def hourly(values: Values) -> Values:
    return {
        at: sum(values[at + quarter * QUARTER] for quarter in range(4)) for at in values if at % HOUR == 0
    }


def as_it_is(home: Home, engine: Engine, account: str, values: Values) -> None:
    import_load(home, engine, values, account, account)


def changed(change: Callable[[Values], Values], **how: Any) -> Put:
    def imported(home: Home, engine: Engine, account: str, values: Values) -> None:
        import_load(home, engine, change(values), account, account, **how)

    return imported


def on_two_meters(part: int) -> Put:
    """The load divided by `part` on each of two meters."""

    def imported(home: Home, engine: Engine, account: str, values: Values) -> None:
        for meter in ("1", "2"):
            load = {at: value // part for at, value in values.items()}
            import_load(home, engine, load, f"{account} {meter}", account, meter=meter)

    return imported


def hours_then_quarters(home: Home, engine: Engine, account: str, values: Values) -> None:
    """Hours of everything; quarters with other figures of all but ten days before the period."""
    import_load(home, engine, hourly(values), f"{account} hours", account, seconds=HOUR)
    import_load(home, engine, dict(list(values.items())[96:]), f"{account} quarters", account)


def corrected_later(home: Home, engine: Engine, account: str, values: Values) -> None:
    import_load(home, engine, {at: value + KWH for at, value in values.items()}, f"{account} first", account)
    as_it_is(home, engine, account, values)


def nothing(home: Home, engine: Engine, account: str, values: Values) -> None:
    pass


CASES: dict[str, tuple[Put, str, str]] = {
    "as billed": (as_it_is, "ties_out", "are as billed, and the kW are equal"),
    "half on each of two meters": (on_two_meters(2), "ties_out", "as billed"),
    "twice, on two meters": (on_two_meters(1), "differs", "as when the same readings count twice"),
    "an interval missing": (changed(lambda load: without(load, 500, 1)), "incomplete", "1 of "),
    "a day missing": (changed(lambda load: without(load, 96, 96)), "incomplete", "96 of "),
    "all of the period missing": (changed(lambda load: without(load, 0, 96 * 40)), "no_data", "no readings"),
    "nothing imported": (nothing, "no_data", "no readings"),
    "an hour late": (changed(lambda load: later(load, HOUR)), "differs", "the clock of the file is off"),
    "a day late": (changed(lambda load: later(load, DAY)), "ties_out", "when every reading is a day earlier"),
    "0.4 % more": (changed(lambda load: {at: v * 1004 // 1000 for at, v in load.items()}),
                   "within_tolerance", "within tolerance"),
    "0.6 % more": (changed(lambda load: {at: v * 1006 // 1000 for at, v in load.items()}),
                   "differs", "kWh delivered"),
    "net": (changed(dict, channel="net"), "ties_out", "the net kWh"),
    "only sent back": (changed(dict, channel="received"), "no_data", "only what was sent back"),
    "hours": (changed(hourly, seconds=HOUR), "within_tolerance", "at least"),
    "hours and quarters": (hours_then_quarters, "ties_out", "as billed"),
    "corrected by a later import": (corrected_later, "ties_out", "as billed"),
    "of columns that nobody confirmed": (changed(dict, is_confirmed=False), "ties_out",
                                         "nobody has confirmed what the columns of import"),
}  # fmt: skip


def accounts() -> dict[str, str]:
    return {name: f"80000001{at:02d}" for at, name in enumerate(CASES)}


def test_every_case_has_its_verdict_by_the_command(home: Home, kept: Engine, address: str) -> None:
    service = sample(GS2D)
    for at, (name, account) in enumerate(accounts().items()):
        put(kept, bill(of_account(service, account), account=f"7002000001{at:02d}"))
        CASES[name][0](home, kept, account, billed_load(service))
    rows = {row["service_account"]: row for row in told(home, address)}
    found = {
        name: (rows[account]["verdict"], rows[account]["reason"]) for name, account in accounts().items()
    }
    assert {name: verdict for name, (verdict, _) in found.items()} == {
        name: verdict for name, (_, verdict, _) in CASES.items()
    }
    assert [name for name, (_, reason) in found.items() if CASES[name][2] not in reason] == []
    unsure = [row["service_account"] for row in rows.values() if row["is_confirmed"] is False]
    assert unsure == [accounts()["of columns that nobody confirmed"]]
    for words in (["join"], ["bills"], ["bills", "--format", "json"]):
        said = command(home, address, *words, "--account", unsure[0])
        assert "ties_out, unconfirmed" in " ".join(said.split())
    for what in ("charges", "bills"):
        (row, *_) = csv.DictReader(
            io.StringIO(command(home, address, "export", what, "--account", unsure[0]))
        )
        assert (row["meter_verdict"], row["meter_is_confirmed"]) == ("ties_out", "false")
    wrong = {row["service_account"] for row in told(home, address, "--status", "differs")}
    assert wrong == {accounts()[name] for name, case in CASES.items() if case[1] == "differs"}


def test_a_year_of_bills_and_readings_gives_exact_kwh_kw_and_buckets(
    home: Home, kept: Engine, address: str, tmp_path: Path
) -> None:
    year = one_after_the_other()
    load: Values = {}
    for one in year:
        load |= load_of(one) or {}
    import_load(home, kept, load)
    put(kept, *(bill(of_account(one)) for one in year))
    rows = told(home, address)
    assert len(rows) == len(year) >= 8
    for row, one in zip(rows, year, strict=True):
        assert (row["verdict"], row["shift"], row["missing_intervals"]) == ("ties_out", None, 0), row[
            "reason"
        ]
        billed = {f"{season}_{tou}": kwh for (season, tou), kwh in billed_by(one, "delivery").items()}
        assert {name: Decimal(row[f"metered_{name}_kwh"]) for name in billed} == billed
        assert Decimal(row["metered_kwh"]) == sum(billed.values())
        assert row["metered_kw"] == row["billed_kw"]
        assert one.period is not None
        every = len(list(quarters(one.period.start, one.period.end)))
        assert row["expected_intervals"] == row["present_intervals"] == every
    flat = csv.DictReader(io.StringIO(command(home, address, "join", "--format", "csv")))
    columns = [column.name for column in JOIN_COLUMNS]
    assert [[row[name] for name in columns if name in ("metered_kwh", "peak_at")] for row in flat] == [
        [row["metered_kwh"], row["peak_at"]] for row in rows
    ]
    assert flat.fieldnames == columns
    file = tmp_path / "join.parquet"
    command(home, address, "join", "--format", "parquet", "--output", str(file))
    with duckdb.connect() as database:
        [(kwh,)] = database.execute(f"SELECT sum(metered_kwh) FROM '{file}'").fetchall()
    assert kwh == sum(Decimal(row["metered_kwh"]) for row in rows)


def test_columns_have_one_name_each_and_stand_in_the_manual() -> None:
    names = [column.name for column in JOIN_COLUMNS]
    assert len(names) == len(set(names))
    manual = (ROOT / "README.md").read_text()
    missing = [
        column.name
        for column in JOIN_COLUMNS
        if f"| `{column.name}` | {column.kind} | {column.about} |" not in manual
    ]
    assert missing == []


# --- whose readings they are ---

OLD, NEW = "3-008-0000-08", "8000000009"


def tell(engine: Engine, kind: AliasKind, number: str, other: str, since: str | None = None) -> None:
    with writing(engine) as session:
        add_alias(session, kind, number, other, "a letter by SCE", day(since), None, PAT)


def joined(home: Home, engine: Engine) -> Mapping[tuple[str | None, str | None], OfService]:
    """Return services by account and role."""
    with reading(engine) as session:
        found = list(of_bills(home, engine, session, current(session)))
    return {(one.joined.service_account, one.joined.role): one for one in found}


@pytest.mark.parametrize(
    ("kind", "since", "verdict"),
    [
        (None, None, "no_data"),
        ("renumbered", None, "ties_out"),
        ("provider", None, "ties_out"),
        ("renumbered", "2025-06-01", "ties_out"),
        ("renumbered", "2025-06-20", "incomplete"),  # only on the days of the alias
        ("succession", None, "no_data"),  # another customer's
    ],
)
def test_readings_under_another_number_count_on_the_days_of_its_alias(
    home: Home, kept: Engine, kind: AliasKind | None, since: str | None, verdict: str
) -> None:
    service = of_account(sample(GS2D), NEW)
    put(kept, bill(service))
    import_load(home, kept, billed_load(service), account=OLD)
    if kind:
        tell(kept, kind, OLD, NEW, since)
    assert joined(home, kept)[NEW, service.role].joined.verdict == verdict


def test_the_same_readings_under_two_numbers_count_once(home: Home, kept: Engine) -> None:
    service = of_account(sample(GS2D), NEW)
    put(kept, bill(service))
    load = billed_load(service)
    import_load(home, kept, {at: value + KWH for at, value in load.items()}, "a", OLD, meter="222-1")
    import_load(home, kept, load, "b", NEW, meter="up-7")
    tell(kept, "renumbered", OLD, NEW)
    assert joined(home, kept)[NEW, service.role].joined.verdict == "ties_out"


def test_both_accounts_of_an_alias_have_their_bills_joined(home: Home, kept: Engine) -> None:
    service = sample(GS2D)
    for at, number in enumerate((OLD, NEW)):
        put(kept, bill(of_account(service, number), account=f"70020000000{at}"))
    import_load(home, kept, billed_load(service), account=OLD)
    tell(kept, "renumbered", OLD, NEW)
    with reading(kept) as session:
        found = list(of_bills(home, kept, session, current(session), all_of_them=True))
    assert [one.joined.verdict for one in found] == ["ties_out", "ties_out"]


def test_cpas_own_number_on_the_same_bill_is_the_same_meter_by_its_pod_id(home: Home, kept: Engine) -> None:
    delivery, supply = sample(OWN_NUMBER, "delivery"), sample(OWN_NUMBER, "generation")
    assert delivery.service_account != supply.service_account
    put(kept, bill(delivery, supply))
    values = load_of(delivery)
    assert values is not None
    import_load(home, kept, values, account=str(delivery.service_account))
    found = joined(home, kept)
    assert {one.joined.verdict for one in found.values()} == {"ties_out"}


def test_cpas_own_number_on_another_bill_is_another_meter_until_an_alias_says_so(
    home: Home, kept: Engine
) -> None:
    delivery, supply = sample(OWN_NUMBER, "delivery"), sample(OWN_NUMBER, "generation")
    put(kept, bill(supply, issuer="CPA"))
    values = load_of(delivery)
    assert values is not None
    import_load(home, kept, values, account=str(delivery.service_account))
    key = (supply.service_account, "generation")
    assert joined(home, kept)[key].joined.verdict == "no_data"
    tell(kept, "provider", str(delivery.service_account), str(supply.service_account))
    assert joined(home, kept)[key].joined.verdict == "ties_out"


def test_a_usage_point_of_two_accounts_is_asked(home: Home, kept: Engine) -> None:
    service = of_account(sample(GS2D))
    put(kept, bill(service))
    series = Series("delivered", usage_point="up-1")
    keep(home, kept, "usage", [block(billed_load(service), series), Account("up-1", ACCOUNT)])
    key = (ACCOUNT, service.role)
    assert joined(home, kept)[key].joined.verdict == "ties_out"
    keep(home, kept, "other", [Account("up-1", "8000000002")])
    found = joined(home, kept)[key].joined
    assert (found.verdict, "usage point up-1 it has to be said" in found.reason) == ("no_data", True)


# --- what is said of the readings, and where ---


@pytest.mark.parametrize(
    ("made_on", "quality", "is_provisional"),
    [
        (NOW.date() - dt.timedelta(days=1), 0, False),
        (NOW.date(), 0, False),  # the statement's own day counts as after it, as for coverage
        (NOW.date() + dt.timedelta(days=1), 0, True),
        (NOW.date() + dt.timedelta(days=1), 6, False),  # validated: what bills are made of
        (NOW.date() + dt.timedelta(days=1), 3, True),
    ],
)
def test_readings_of_before_the_bill_was_made_are_provisional(
    home: Home, kept: Engine, made_on: dt.date, quality: int, is_provisional: bool
) -> None:
    service = of_account(sample(GS2D))
    put(kept, bill(service, made_on=made_on))
    series = Series("delivered", service_account=ACCOUNT)
    keep(home, kept, "a", [block(billed_load(service), series, quality=quality)])
    found = joined(home, kept)[ACCOUNT, service.role].joined
    assert (found.verdict, found.is_provisional) == ("ties_out", is_provisional)
    assert ("before SCE had made the bill" in found.reason) == is_provisional


def test_what_does_not_count_is_joined_only_when_asked_for(home: Home, kept: Engine) -> None:
    service = of_account(sample(GS2D))
    put(kept, bill(service), bill(service))
    import_load(home, kept, billed_load(service))
    with reading(kept) as session:
        counts = list(of_bills(home, kept, session, current(session)))
        every = list(of_bills(home, kept, session, current(session), all_of_them=True))
    assert ([one.standing for one in counts], sorted(one.standing for one in every)) == (
        ["counts"],
        ["counts", "same"],
    )


def test_findings_and_figures_stand_beside_the_bill_and_change_nothing_of_it(
    home: Home, kept: Engine, address: str
) -> None:
    service = of_account(sample(GS2D))
    put(kept, bill(service), bill(of_account(service, "8000000002"), account="700200000002"))
    before = command(home, address, "bills", "--format", "json")
    assert '"meter": null' in before
    load = billed_load(service)
    import_load(home, kept, {at: value * 2 for at, value in load.items()}, "doubled")
    import_load(home, kept, without(load, 96, 96), "gap", "8000000002")

    after = command(home, address, "bills", "--format", "json")
    assert after.replace('"differs"', "null").replace('"incomplete"', "null") == before
    assert "differs" in command(home, address, "bills")
    shown = command(home, address, "show", f"{1:064d}")
    assert "meter, service 1: differs" in shown and "summer on-peak kWh" in shown

    def exported(what: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(command(home, address, "export", what))))

    charges = {row["service_account"]: row for row in exported("charges")}
    assert [charges[one]["meter_verdict"] for one in (ACCOUNT, "8000000002")] == ["differs", "incomplete"]
    assert Decimal(charges[ACCOUNT]["meter_kwh"]) == 2 * sum(billed_by(service, "delivery").values())
    assert [row["meter_verdict"] for row in exported("bills")] == ["differs", "incomplete"]
    found = {row["code"]: row for row in exported("findings")}
    assert {code: found[code]["severity"] for code in found if code.startswith("meter_")} == {
        "meter_differs": "warning",
        "meter_incomplete": "info",
    }
    assert {row["trust"] for row in exported("bills")} == {"proven"}


def test_a_bill_whose_readings_are_damaged_is_shown_with_the_file_and_what_to_do(
    home: Home, kept: Engine, address: str
) -> None:
    sound, harmed = sample("gs2d-bundled-summer-2025"), sample("gs2d-bundled-summer-2025")
    put(kept, bill(of_account(sound)), bill(of_account(harmed, "8000000002"), account="700200000002"))
    import_load(home, kept, billed_load(sound), "sound")
    before = set((home.path / "intervals").rglob("*.parquet"))
    import_load(home, kept, billed_load(sound), "harmed", "8000000002")
    [path, *_] = sorted(set((home.path / "intervals").rglob("*.parquet")) - before)
    path.write_bytes(b"no Parquet")
    found = {account: one.joined for (account, _), one in joined(home, kept).items()}
    assert {account: one.verdict.value for account, one in found.items()} == {
        ACCOUNT: "ties_out",
        "8000000002": "incomplete",
    }
    reason = found["8000000002"].reason
    assert path.name in reason and "put that file back from a backup" in reason
    assert (found["8000000002"].total, found["8000000002"].charges) == (None, ())
    assert path.name in command(home, address, "show", f"{2:064d}")
    assert "incomplete" in command(home, address, "bills")
    listed = command(home, address, "join")
    assert path.name.removesuffix(".parquet") in listed.replace("\n", "").replace(" ", "")
    [row] = csv.DictReader(io.StringIO(command(home, address, "export", "findings")))
    assert (row["code"], row["severity"], path.name in row["message"]) == ("meter_damaged", "warning", True)


# --- in which parts they are asked for ---


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_services_are_joined_alike_in_parts_of_any_size(
    home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    service = sample(GS2D)
    numbers = [f"80000002{at:02d}" for at in range(5)]
    for at, number in enumerate(numbers):
        put(kept, bill(of_account(service, number), account=f"7002000002{at:02d}"))
        import_load(home, kept, later(billed_load(service), DAY * (at % 2)), number, number)
    put(kept, bill(of_account(service, NEW), account="700200000300"))
    import_load(home, kept, billed_load(service), "old", OLD)
    tell(kept, "renumbered", OLD, NEW)
    monkeypatch.setattr("extractor.intervals.of_bills.AT_ONCE", at_once)
    found = joined(home, kept)
    assert {number: found[number, service.role].joined.shift.hours for number in numbers} == {
        number: -24 * (at % 2) for at, number in enumerate(numbers)
    }
    assert {one.joined.verdict for one in found.values()} == {"ties_out"}
    assert len(found) == 6


def test_who_stops_early_leaves_no_question_open(home: Home, kept: Engine) -> None:
    service = sample(GS2D)
    for at, number in enumerate(("8000000201", "8000000202")):
        put(kept, bill(of_account(service, number), account=f"70020000020{at}"))
        import_load(home, kept, billed_load(service), number, number)
    threads = threading.active_count()
    with reading(kept) as session:
        found = of_bills(home, kept, session, current(session))
        next(found)
        found.close()  # type: ignore[attr-defined]  # a generator
    assert threading.active_count() == threads

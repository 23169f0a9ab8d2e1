"""Every sample of Green Button XML reads to the counts and sums that a naive walk of its tree finds."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from extractor.intervals.clock import LOCAL
from extractor.intervals.formats import UnreadableIntervalsError, espi, format_of
from extractor.intervals.given import Account, Given, Problem, Readings, Summary
from tests.extractor.intervals.formats.feeds import codes_of, point_of

FOLDER = Path(__file__).parent / "samples" / "espi_xml"
MALFORMED = FOLDER / "verdigris_PGEUsageSummary.xml"
SAMPLES = sorted(path for path in FOLDER.glob("*.xml") if path != MALFORMED)
ESPI = "{http://naesb.org/espi}"
CUSTOMER = "{http://naesb.org/espi/customer}"

MERIDIAN = {  # summaries whose periods begin at an eastern midnight: not given
    "gba_TestGBDataHourlyNineDaysBinnedDaily.xml",
    "gba_openespi_test_usage_data_cut.xml",
    "gbsdk_12MonthlyUpdates.xml",
    "verdigris_ESPIElectricPowerUsageSummary.xml",
}


def read(path: Path) -> list[Given]:
    with path.open("rb") as file:
        return list(espi.read(file, path.name))


def numbers(root: ElementTree.Element, name: str) -> list[int]:
    return [int(float(one.text or 0)) for one in root.iter(ESPI + name)]


def walked(root: ElementTree.Element) -> tuple[int, int]:
    """Count the readings of electric energy, and sum them in thousandths of a Wh.

    No sample mixes multipliers or has readings of gas beside those of electricity.
    """
    electric = [kind for kind in root.iter(ESPI + "ReadingType") if numbers(kind, "uom") == [72]]
    powers = {power for kind in electric for power in numbers(kind, "powerOfTenMultiplier")}
    if not electric:
        return 0, 0
    values = [value for one in root.iter(ESPI + "IntervalReading") for value in numbers(one, "value")]
    return len(values), sum(values) * 10 ** (powers.pop() + 3) if values else 0


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_is_claimed_and_read_as_its_tree_says(path: Path) -> None:
    assert format_of(path.name, path.read_bytes()[:4096]).NAME == espi.NAME
    given = read(path)
    root = ElementTree.parse(path).getroot()
    series = [one for one in given if isinstance(one, Readings)]
    assert (sum(map(len, series)), sum(sum(one.thousandths) for one in series)) == walked(root)
    assert {start for one in series for start in one.starts} <= set(numbers(root, "start"))
    assert given, "what has nothing to give says so"


def periods(root: ElementTree.Element) -> Iterator[tuple[int, int]]:
    for period in root.iter(ESPI + "billingPeriod"):
        yield numbers(period, "start")[0], numbers(period, "duration")[0]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_has_a_summary_for_each_period_and_an_account_for_each_agreement(path: Path) -> None:
    given = read(path)
    root = ElementTree.parse(path).getroot()
    summaries = [one for one in given if isinstance(one, Summary)]
    assert len(summaries) == (0 if path.name in MERIDIAN else len(set(periods(root))))
    agreements = list(root.iter(CUSTOMER + "CustomerAgreement"))
    assert len([one for one in given if isinstance(one, Account)]) == len(agreements)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # usage point, channel, readings, Wh, first start
        ("cew821_pge_dmd_sample", [("01", "delivered", 362, 291018, 1293868800)]),
        ("cityssm_APUC_electric", [("1402026", "delivered", 300, 248530, 1678165200)]),  # newest first
        ("eddie_utilityapi_Batch", [("1669851", "received", 67, 726240, 1725321600)]),  # multiplier -3
        ("gba_TestGBDataHourlyNineDaysBinnedDaily", [("2", "delivered", 216, 199563, 1388552400)]),
        (
            "gbsdk_12MonthlyUpdates",
            [("01", "delivered", 366, 48348966, 1301630400)],
        ),  # days of 23 and 25 hours
        (
            "gbsdk_BatchFeedThreeUsagePoints_M",
            [
                ("4284792", "delivered", 96, 14635, 1307343600),
                ("4284792", "received", 96, 30195, 1307343600),
                ("4284793", "delivered", 96, 166730, 1307343600),
                ("4284794", "received", 96, 0, 1307343600),
            ],
        ),
        ("sdge_Coastal_Multi_Family_12hr_2011_trimmed", [("1", "delivered", 192, 101543, 1293868800)]),
        ("verdigris_BulkSCEUsageSummaryAndIntervalBlock", [("NB6WRU", "delivered", 3, 620, 1433660400)]),
        ("vladistan_electric_containerized", [("1", "delivered", 8, 4086, 1293868800)]),
        ("vladistan_gas_containerized", []),
        ("vladistan_gas_direct", []),
    ],
)
def test_readings_of_a_sample(name: str, expected: list[tuple[str, str, int, int, int]]) -> None:
    series = [one for one in read(FOLDER / f"{name}.xml") if isinstance(one, Readings)]
    assert [
        (point_of(one), one.series.channel, len(one), sum(one.thousandths) // 1000, one.starts[0])
        for one in series
    ] == expected


def test_days_of_the_clock_change_have_the_readings_they_have() -> None:
    """Blocks of 12 hours say 43,200 s although one has 11 readings and one 13."""
    [hours] = [
        one
        for one in read(FOLDER / "sdge_Coastal_Multi_Family_12hr_2011_trimmed.xml")
        if isinstance(one, Readings)
    ]
    days: dict[str, int] = {}
    for one in hours:
        local = one.start.astimezone(LOCAL)
        days[f"{local:%m-%d}"] = days.get(f"{local:%m-%d}", 0) + 1
    assert (days["03-13"], days["11-06"], days["03-12"]) == (23, 25, 24)


def test_malformed_sample_is_refused_naming_its_line() -> None:
    with pytest.raises(UnreadableIntervalsError, match=r"line 1: .*unbound prefix"):
        read(MALFORMED)


def summary_of(name: str, at: int) -> Summary:
    return [one for one in read(FOLDER / name) if isinstance(one, Summary)][at]


def test_summaries_of_sce_are_put_together_and_read_in_utc() -> None:
    latest = summary_of("verdigris_BulkSCEUsageSummaryAndIntervalBlock.xml", 0)
    assert (str(latest.first), str(latest.last)) == ("2016-05-23", "2016-06-21")
    assert (str(latest.total), str(latest.kwh)) == ("174.18000", "1152.000")
    earlier = summary_of("verdigris_BulkSCEUsageSummaryAndIntervalBlock.xml", 1)
    assert (str(earlier.first), str(earlier.last)) == ("2015-07-23", "2015-08-20")
    assert (earlier.total, earlier.kwh, earlier.rate_schedule) == (None, None, "TOU-GS-1-A")
    assert [(line.kind, str(line.amount)) for line in earlier.costs if line.amount] == [
        ("generation fee", "97.06000"),
        ("delivery fee", "111.10000"),
        ("administrative fee", "14.82000"),
        ("tax", "0.25000"),
        ("administrative credit", "-1.49000"),
    ]


def test_summaries_of_pge_begin_at_a_local_midnight() -> None:
    latest = summary_of("verdigris_PGEUsageSummaries.xml", 0)
    assert (point_of(latest), str(latest.first), str(latest.last)) == ("1", "2015-06-11", "2015-07-09")
    assert (latest.total, latest.kwh, latest.rate_schedule) == (Decimal("233.64"), Decimal(146), "HAG5A")
    line = latest.costs[2]
    assert (line.label, line.measured, line.unit) == ("Max Demand Charge", Decimal(960), "W")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "verdigris_BulkSCERetailCustomer",
            [
                Account(
                    "NB6WRU@services.greenbuttondata.org/RetailCustomer/VJEWP31BE",
                    "3-000-0000-00",
                    "2-00-000-0000",
                    "000000000000",
                    "11111 EXAMPLE ST, ANYTOWN, CA 90000",
                )
            ],
        ),
        (
            "verdigris_PGERetailCustomer",
            [
                Account(
                    "0000000002@api.pge.com/GreenButtonConnect/espi/1_1/resource/RetailCustomer/00001",
                    "0000000003",
                    "0000000000",
                    "0000000004",
                    "REDACTED, ANYTOWN, CA 90000",
                )
            ],
        ),
        (
            "eddie_utilityapi_accounting_point_data",
            [
                Account(
                    f"{point}@utilityapi.com/Subscription/521009",
                    account,
                    "111111111-1",
                    meter,
                    "111 ANYWHERE ST, ANYTOWN, NY 12345",
                )
                for point, account, meter in (
                    ("1902731", "11300-00000", "1130000000"),
                    ("1902730", "11200-00000", "1120000000"),
                    ("1902729", "11100-00000", "1110000000"),
                )
            ],
        ),
    ],
)
def test_accounts_of_a_customer_feed(name: str, expected: list[Account]) -> None:
    assert read(FOLDER / f"{name}.xml") == expected


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("eddie_utilityapi_BatchWithInvalidIntervalBlock", ["empty_entry", "no_blocks"]),
        ("eddie_utilityapi_BatchWithoutIntervalBlock", ["no_blocks"]),
        ("eddie_utilityapi_Batch", ["unproven_clock"]),  # one day block at midnight UTC
        ("gba_TestGBDataHourlyNineDaysBinnedDaily", ["other_zone", "other_period"]),  # eastern
        ("gba_Usage-Subscription-Feed-Anonymized", ["no_blocks", "known_here_only"]),
        ("green-button-alliance-notification-batchlist", ["nothing"]),
        ("verdigris_PGEReadingType", ["nothing"]),
        ("vladistan_gas_containerized", ["empty_entry", "fractions", "not_energy", "known_here_only"]),
        ("vladistan_gas_direct", ["not_energy"]),
        ("verdigris_BulkSCEUsageSummaryAndIntervalBlock", []),
    ],
)
def test_problems_of_a_sample(name: str, problems: list[str]) -> None:
    given = read(FOLDER / f"{name}.xml")
    assert codes_of(given) == problems


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_reads_the_same_in_utf_16_and_in_small_pieces(path: Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    declared = (
        text.replace('encoding="UTF-8"', "").replace('encoding="utf-8"', "").replace('encoding = "UTF-8"', "")
    )
    other = list(espi.read(io.BytesIO(declared.encode("utf-16")), path.name))
    assert list(map(of_any_file, other)) == list(map(of_any_file, read(path)))
    assert list(espi.read(Slow(path.read_bytes()), path.name)) == read(path)


def of_any_file(given: Given) -> Given:
    """Return what was given without the hash of its file."""
    if isinstance(given, Readings):
        return replace(given, series=given.series._replace(usage_point=point_of(given)))
    return given if isinstance(given, Problem) else given._replace(usage_point=point_of(given) or "")


class Slow(io.BytesIO):
    """A file that gives 61 bytes at a time, as a socket may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(61)

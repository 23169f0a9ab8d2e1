"""867: what PTD loops give as readings and periods, in every form of date, and what damage is refused."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.intervals import clock
from extractor.intervals.formats import UnreadableIntervalsError, edi867, format_of
from extractor.intervals.formats._edi_rules import EARLY, RULES, Rule, Rules
from extractor.intervals.given import Given, Quality, Readings, Series, Summary
from tests.extractor.intervals.formats.edi_files import (
    FORMS,
    HEAD,
    PACIFIC,
    Row,
    interchange,
    rows_of,
    summaries,
    told,
    usage,
)

SAMPLES = Path(__file__).parent / "samples/edi"
METER = [*HEAD, "PTD*PM***OZ*EL", "REF*MG*M1", "REF*MT*KH015"]
ONE = "QTY*QD*0.25*KH"
AT = "DTM*582*20251103*0015*PS"


def read(*transactions: list[str]) -> list[Given]:
    return list(edi867.read(io.BytesIO(interchange(*transactions).encode("latin-1")), "usage.hst"))


def blocks(found: list[Given]) -> list[Readings]:
    return [one for one in found if isinstance(one, Readings)]


def at(text: str) -> int:
    return int(dt.datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=dt.UTC).timestamp())


def test_sample_of_ercot_has_a_register_read_and_no_usage() -> None:
    data = (SAMPLES / "ercot_867_forward_2016.edi").read_bytes()
    assert format_of("x", data) is edi867
    found = list(edi867.read(io.BytesIO(data), "x"))
    assert rows_of(found) == [] and summaries(found) == []
    assert told(found) == {"test": 1, "other_utility": 7, "register": 12}


def test_excerpts_of_california_and_pjm_mean_what_their_guides_say() -> None:
    """The segments of the excerpts, completed by as little as makes a transaction."""
    excerpts = (SAMPLES / "excerpts_california_and_pjm.txt").read_text().splitlines()
    california = [line for line in excerpts[2:10] if line[:2] != "ST"]
    assert california[-2:] == ["PTD*PM***OZ*EL", "DTM*150****DT*200801010000"]
    found = read([*california, "REF*MT*KH015", "QTY*87*1.5*KH", "QTY*87*2*KH"])
    assert blocks(found)[0].series == Series("received", "Wh", None, "SCE-SGIP-36949")
    assert rows_of(found) == [
        (at("200801010800"), 900, Decimal("1.5")),
        (at("200801010815"), 900, Decimal(2)),
    ]
    channel, loop, end, quantity = excerpts[13:17]
    assert (end, quantity) == ("DTM*582*19990115*1500*ES", "QTY*QD*500*KH")
    pjm = ["BPT*00*X*19990201", loop, channel, "REF*MT*KH060", quantity, end]
    assert rows_of(read(pjm)) == [(at("199901151900"), 3600, Decimal(500))]


@pytest.mark.parametrize(
    ("head", "is_claimed"),
    [
        (interchange(METER), True),
        ("\ufeff\r\n" + interchange(METER), True),
        (interchange(METER, element="|", terminator="\n"), True),
        (interchange(METER).replace("ST*867", "ST*810"), False),  # an invoice is another format's
        ("ST*867*0001~BPT*00", True),  # without its envelope it is refused, with the reason
        ("ISA*00*", False),
        ("MEPMD01,19970819", False),
    ],
)
def test_claims_by_the_first_transaction(head: str, is_claimed: bool) -> None:
    assert edi867.claims("usage.edi", head.encode()) is is_claimed


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("day", [dt.date(2025, 3, 9), dt.date(2025, 11, 2), dt.date(2025, 6, 1)])
@pytest.mark.parametrize("seconds", [900, 3600])
def test_every_form_of_date_on_days_of_23_and_25_hours(form: str, day: dt.date, seconds: int) -> None:
    begin, end = clock.day(day)
    rows: list[Row] = [(start, seconds, Decimal(start % 7)) for start in range(begin, end, seconds)]
    found = read(usage(rows, form))
    assert rows_of(found) == rows
    assert set(told(found)) == {"assumed"}
    assert blocks(found)[0].series == Series("delivered", "Wh", "8000000001", None, "M1")
    assert not blocks(found)[0].is_confirmed


KWH = st.none() | st.integers(0, 10**9).map(lambda number: Decimal(number).scaleb(-6))


@given(
    form=st.sampled_from(FORMS),
    day=st.sampled_from([dt.date(2025, 3, 8), dt.date(2025, 11, 1), dt.date(2024, 2, 29)]),
    first=st.integers(0, 30),
    values=st.lists(KWH, min_size=2, max_size=120),
    marks=st.lists(st.sampled_from("*|\x1d^!;:>~\n\r+&"), min_size=3, max_size=3, unique=True),
    line=st.sampled_from(["", "\r\n", "\n"]),
)
def test_what_was_written_is_read(
    form: str, day: dt.date, first: int, values: list[Decimal | None], marks: list[str], line: str
) -> None:
    begin = clock.midnight(day) + 3600 * first // 4 * 4
    if dt.datetime.fromtimestamp(begin, PACIFIC).fold:
        begin -= 3600  # a file that begins in the second pass of the hour does not tell so
    rows: list[Row] = [(begin + 900 * place, 900, kwh) for place, kwh in enumerate(values)]
    element, component, terminator = marks
    text = interchange(
        usage(rows, form), element=element, component=component, terminator=terminator, line=line
    )
    found = list(edi867.read(io.BytesIO(text.encode("latin-1")), ""))
    assert rows_of(found) == [row for row in rows if row[2] is not None]


def ending(*times: str) -> list[str]:
    """Return quantities of 1 kWh that end at times of a day, as `0015`."""
    return [segment for time in times for segment in ("QTY*QD*1*KH", f"DTM*582*20251103*{time}*PS")]


@pytest.mark.parametrize(
    ("times", "starts", "codes"),
    [
        (("0015", "0030", "0045"), [0, 15, 30], set()),
        (("0015", "0045"), [0, 30], set()),  # a gap
        (("0014", "0031"), [0, 15], {"drift"}),
        (("0005", "0010", "0015"), [], {"closer"}),  # of five minutes each, or of which fifteen?
        (("0015", "0030", "0035"), [], {"closer"}),
    ],
)
def test_ends_closer_than_the_metering_type_says_are_of_no_known_length(
    times: tuple[str, ...], starts: list[int], codes: set[str]
) -> None:
    found = read([*METER, *ending(*times)])
    begin = at("202511030800")
    assert rows_of(found) == [(begin + 60 * one, 900, Decimal(1)) for one in starts]
    assert set(told(found)) - {"assumed"} == codes


def test_a_quantity_with_several_measurements_and_no_value_of_its_own_is_not_read() -> None:
    measured = ["MEA*AA*PRQ*3*KH***41", "MEA*AA*PRQ*2*KH***42"]
    assert [kwh for *_, kwh in rows_of(read([*METER, "QTY*QD**KH", measured[0], AT]))] == [3]
    found = read([*METER, "QTY*QD**KH", *measured, AT])
    assert rows_of(found) == []
    assert {"several"} <= set(told(found))


def test_values_below_zero_are_told() -> None:
    found = read([*METER, "QTY*87*-0.25*KH", AT])
    assert told(found)["below_zero"] == 9
    assert [kwh for *_, kwh in rows_of(found)] == [Decimal("-0.25")]


@pytest.mark.parametrize(
    ("quantity", "channel", "quality"),
    [
        ("QTY*QD*0.25*KH", "delivered", Quality.UNKNOWN),
        ("QTY*KA*0.25*KH", "delivered", Quality.ESTIMATED),
        ("QTY*87*0.25*KH", "received", Quality.UNKNOWN),
        ("QTY*9H*0.25*KH", "received", Quality.ESTIMATED),
        ("QTY*QD*.25*KH>X", "delivered", Quality.UNKNOWN),  # a composite unit
        ("QTY*QD*0.25", "delivered", Quality.UNKNOWN),  # its unit stands in REF MT
    ],
)
def test_quantity(quantity: str, channel: str, quality: Quality) -> None:
    [block] = blocks(read([*METER, quantity, AT]))
    assert block.series == Series(channel, "Wh", "8000000001", None, "M1")  # type: ignore[arg-type]
    assert [(one.value, one.quality) for one in block] == [(Decimal(250), quality)]


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        (["QTY*QD***NV", AT], "missing"),
        (["QTY*QD**KH", AT], "missing"),
        (["QTY*ZZ*1*KH", AT], "quantity"),
        (["QTY*QD*1*K1", AT], "power"),
        (["QTY*QD*1*TD", AT], "unit"),
        (["QTY*QD***NV", AT, "MEA****KH*1*51"], "register"),
        (["QTY*QD*1*KH"], "undated"),
        (["QTY*QD*1*KH", "DTM*582*20250309*0230*PT"], "no_such_time"),
    ],
)
def test_what_is_no_energy_with_a_time_is_told_and_not_read(segments: list[str], code: str) -> None:
    found = read([*METER, *segments])
    assert rows_of(found) == []
    assert code in told(found)


@pytest.mark.parametrize(
    ("loop", "code"),
    [
        (["PTD*PM***OZ*GAS", ONE, AT], "commodity"),
        (["PTD*FG", ONE, AT], "loop"),
        (["PTD*PM", ONE, AT], "no_length"),  # one stamp, and no REF MT
    ],
)
def test_loops_that_are_not_read(loop: list[str], code: str) -> None:
    found = read([*HEAD, *loop])
    assert (rows_of(found), code in told(found)) == ([], True)


def test_what_was_cancelled_is_not_read() -> None:
    found = read(["BPT*01*X*20251103", *METER[1:], ONE, AT])
    assert (rows_of(found), told(found)["cancelled"]) == ([], 4)


def test_value_of_mea_counts_where_qty_has_none() -> None:
    assert rows_of(read([*METER, "QTY*QD", "MEA**PRQ*7*KH***51", AT])) == [
        (at("202511030800"), 900, Decimal(7))
    ]


def test_a_multiplier_is_told_and_not_applied() -> None:
    found = read([*METER, "MEA**MU*80", ONE, AT])
    assert [kwh for _, _, kwh in rows_of(found)] == [Decimal("0.25")]
    assert told(found)["multiplier"] == 9
    assert "multiplier" not in told(read([*METER, "MEA**MU*1.00", ONE, AT]))


@pytest.mark.parametrize(
    ("stamp", "end"),
    [
        ("DTM*582*20251103*0015*PS", "202511030815"),
        ("DTM*582*20250703*0015*PD", "202507030715"),
        ("DTM*582*20251103*0015*UT", "202511030015"),
        ("DTM*582*20251103*0015*ES", "202511030515"),
        ("DTM*582*20251103*0015*CT", "202511030615"),
        ("DTM*582*20251103*0015", "202511030815"),  # no code: the clock on California's walls [I]
        ("DTM*582****DT*202511030015", "202511030815"),
        ("DTM*582***PS*DT*202511030015", "202511030815"),
        ("DTM*582*20251102*2400*PS", "202511030800"),
        ("DTM*582*20251102*2359*PS", "202511030800"),  # a minute early
        ("DTM*582*20251103*001500*PS", "202511030815"),
        ("DTM*151*20251103*0015*PS", "202511030815"),
        ("DTM*582****RDT*202511030000-202511030015", "202511030815"),
    ],
)
def test_forms_of_a_time(stamp: str, end: str) -> None:
    assert rows_of(read([*METER, ONE, stamp])) == [(at(end) - 900, 900, Decimal("0.25"))]


def test_the_second_pass_of_the_hour_is_told_by_the_code_or_by_the_order() -> None:
    by_code = [ONE, "DTM*582*20251102*0100*PD", ONE, "DTM*582*20251102*0100*PS"]
    by_order = [ONE, "DTM*582*20251102*0100*PT", ONE, "DTM*582*20251102*0100*PT"]
    head = [*HEAD, "PTD*PM", "REF*MT*KH060"]
    assert rows_of(read([*head, *by_code])) == rows_of(read([*head, *by_order]))
    assert [start for start, _, _ in rows_of(read([*head, *by_code]))] == [
        at("202511020700"),
        at("202511020800"),
    ]


def test_a_day_of_24_labels_where_25_are_due_has_a_gap_and_no_invented_hour() -> None:
    labels = [f"{hour:02}{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45)]
    labels = [*labels[1:], "2400"]
    rows = rows_of(read([*METER, *(one for label in labels for one in (ONE, f"DTM*582*20251102*{label}"))]))
    begin, end = clock.day(dt.date(2025, 11, 2))
    assert (len(rows), rows[0][0], rows[-1][0] + 900) == (96, begin, end)
    assert [later[0] - one[0] for one, later in pairwise(rows) if later[0] - one[0] != 900] == [4500]


def test_directions_and_units_of_one_loop_do_not_disturb_each_other() -> None:
    both = [
        one
        for minute in (15, 30, 45)
        for kind in ("QD*1*KH", "87*2*KH", "QD*3*K3")
        for one in (f"QTY*{kind}", f"DTM*582*20251103*00{minute}*PS")
    ]
    found = blocks(read([*METER, *both]))
    assert {(one.series.channel, one.series.unit): len(one) for one in found} == {
        ("delivered", "Wh"): 3,
        ("received", "Wh"): 3,
        ("delivered", "VArh"): 3,
    }


def test_channels_that_look_alike_are_kept_apart() -> None:
    first = [*METER, "REF*6W*1", ONE, AT]
    second = ["PTD*PM***OZ*EL", "REF*MG*M1", "REF*MT*KH015", "REF*6W*2", "QTY*QD*9*KH", AT]
    found = read([*first, *second])
    assert {one.series.channel: one.thousandths[0] for one in blocks(found)} == {
        "delivered": 250_000,
        "unknown": 9_000_000,
    }
    assert told(found)["channels"] == 12


def test_cogeneration_without_a_direction_is_of_an_unknown_channel() -> None:
    found = read([*HEAD, "PTD*PM***OZ*EL", "REF*MT*KH015CG", ONE, AT])
    assert (blocks(found)[0].series.channel, "cogeneration" in told(found)) == ("unknown", True)
    received = read([*HEAD, "PTD*PM***OZ*EL", "REF*MT*KH015CG", "QTY*87*1*KH", AT])
    assert blocks(received)[0].series.channel == "received"


def test_sums_over_meters_are_not_given_beside_the_meters() -> None:
    account = ["PTD*BO", "REF*MT*KH015", "QTY*QD*3*KH", AT]
    meters: list[str] = []
    for meter in ("M1", "M2"):
        meters += ["PTD*PM", f"REF*MG*{meter}", "REF*MT*KH015", "QTY*QD*1.5*KH", AT]
    found = read([*HEAD, *account, *meters])
    assert [one.series.meter for one in blocks(found)] == ["M1", "M2"]
    assert "sums" in told(found)
    assert [kwh for _, _, kwh in rows_of(read([*HEAD, *account]))] == [Decimal(3)]  # alone it is all there is


TOTAL = ["QTY*QD*5*KH", "MEA****KH***51"]
MONTH = ["DTM*150*20251001", "DTM*151*20251031"]


@pytest.mark.parametrize(
    ("loops", "kwh"),
    [
        (["PTD*SU", *MONTH, "QTY*QD*500*KH"], "500"),  # the dates of the loop
        (["PTD*SU", "QTY*QD*500*KH", *MONTH], "500"),  # of the quantity
        (["PTD*SU", "QTY*QD*500*KH", "DTM*150****RD8*20251001-20251031"], "500"),
        (["PTD*SU", "QTY*QD*500*KH", "DTM*150*20251001*0000", "DTM*151*20251101*0000"], "500"),  # midnight
        (["PTD*SU", "REF*MT*KH015", *MONTH, "QTY*QD*500*KH"], "500"),  # of an interval meter
        (
            ["PTD*BB", *MONTH, "QTY*QD*500*KH", "PTD*SU", *MONTH, "QTY*QD*499*KH"],
            "500",
        ),  # billed counts first
        (
            ["PTD*PM***MG*M1", *MONTH, "QTY*QD*2*KH", "PTD*PM***MG*M2", *MONTH, "QTY*QD*3*KH"],
            "5",
        ),  # two meters
        (
            ["PTD*SU", *MONTH, "QTY*QD*2*KH", "MEA****KH***41", "QTY*QD*3*KH", "MEA****KH***42"],
            "5",  # by time of use, without a total
        ),
        (
            ["PTD*SU", *MONTH, "QTY*QD*2*KH", "MEA****KH***41", "QTY*QD*3*KH", "MEA****KH***42", *TOTAL],
            "5",  # with one
        ),
        (
            ["PTD*SU", *MONTH, "QTY*QD*500*KH", "QTY*QD*44*K1", "QTY*87*20*KH"],
            "500",
        ),  # power and received are told
    ],
)
def test_a_month_is_a_summary(loops: list[str], kwh: str) -> None:
    found = read([*HEAD, *loops])
    assert rows_of(found) == []
    assert summaries(found) == [
        Summary(None, "8000000001", dt.date(2025, 10, 1), dt.date(2025, 10, 31), None, Decimal(kwh))
    ]


def test_history_of_months_is_a_summary_for_each() -> None:
    months = [
        one
        for month in (7, 8, 9)
        for one in (f"QTY*QD*{month}00*KH", f"DTM*150*20250{month}01", f"DTM*151*20250{month}30")
    ]
    found = summaries(read(["BPT*52*X*20251103", "REF*12*8000000001", "PTD*SU", *months]))
    assert [(one.first.month, one.kwh) for one in found] == [
        (7, Decimal(700)),
        (8, Decimal(800)),
        (9, Decimal(900)),
    ]


def test_other_transactions_of_the_interchange_are_told_by_their_number() -> None:
    text = interchange([*METER, ONE, AT], ["BIG*20251103"]).replace("ST*867*0002", "ST*810*0002")
    found = list(edi867.read(io.BytesIO(text.encode()), ""))
    assert (len(rows_of(found)), told(found)["transaction"]) == (1, 12)


@pytest.mark.parametrize(
    ("segments", "reason"),
    [
        (["QTY*QD*1O*KH", AT], r"segment 9 \(QTY\): its value is no number"),
        (["QTY*QD*NaN*KH", AT], r"segment 9 \(QTY\): its value is no number"),
        ([ONE, "DTM*582*20251303*0015*PS"], r"segment 10 \(DTM\): its date or time cannot be read"),
        ([ONE, "DTM*582*20251103*2415*PS"], r"segment 10 \(DTM\): its date or time cannot be read"),
        ([ONE, "DTM*582*99991231*0015*PT"], r"segment 10 \(DTM\): its date or time cannot be read"),
        (["DTM*150****DT*202503090230", ONE, ONE], r"segment 6 \(PTD\): a time that clocks leave out"),
        ([ONE, "DTM*582****TQ*20251103"], r"segment 10 \(DTM\): its date or time cannot be read"),
        ([ONE, "DTM*582*20251103*0015*QQ"], "segment 9: has a time code that is not known"),
        ([ONE, "DTM*150*20251103*0100*PS", "DTM*151*20251103*0015*PS"], "segment 9 .*ends before it begins"),
        (
            ["DTM*150****DT*202511030000", "DTM*151****DT*202511030100", ONE, ONE, ONE],
            "3 quantities for the time of 4",
        ),
    ],
)
def test_what_cannot_be_read_names_the_segment(segments: list[str], reason: str) -> None:
    with pytest.raises(UnreadableIntervalsError, match=reason):
        read([*METER, *segments])


def test_a_quantity_outside_of_any_loop_is_refused() -> None:
    with pytest.raises(UnreadableIntervalsError, match=r"segment 6 \(QTY\): stands outside"):
        read([*HEAD, ONE])


def test_what_is_said_has_no_account_in_it() -> None:
    found = read([*METER, "QTY*8000000001*1*8000000001", AT, "PTD*8000000001"], ["BPT*8000000001"])
    assert "8000000001" not in " ".join(str(one) for one in found if not isinstance(one, Readings | Summary))


def test_a_rule_counts_from_its_date_on() -> None:
    later = Rule("QTY01", "QD", "received actual", "S", dt.date(2026, 1, 1))
    assert Rules(dt.date(2025, 12, 31), (*RULES, later)).meaning("QTY01", "QD") == "delivered actual"
    assert Rules(dt.date(2026, 1, 1), (*RULES, later)).meaning("QTY01", "QD") == "received actual"
    assert (
        Rules(EARLY - dt.timedelta(days=1), RULES).meaning("BPT01", "CO") == "corrected"
    )  # the earliest there is


def test_only_rules_that_were_used_make_a_reading_unconfirmed() -> None:
    rules = Rules()
    assert rules.meaning("unit", "KH") and rules.is_confirmed and not rules.assumed()
    assert rules.meaning("QTY01", "QD") and not rules.is_confirmed
    assert rules.assumed() == ["QTY01 QD is delivered actual [MEM]"]


def test_each_code_has_one_row_for_each_date() -> None:
    keys = [(rule.element, rule.code, rule.since) for rule in RULES]
    assert len(keys) == len(set(keys))

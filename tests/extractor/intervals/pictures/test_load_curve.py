"""What a load curve shows is what was read: its bands, its peak, what is missing, and no chance in its bytes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from extractor.intervals import clock
from extractor.intervals.columns import Column, column
from extractor.intervals.join import Joined, join
from extractor.intervals.pictures.load_curve import bands, load_curve, power
from extractor.intervals.pictures.saving import PictureForm, save
from extractor.model import Period, Service
from tests.extractor.intervals.loads import KWH, load_of, made, price_period, quarters, services
from tests.extractor.intervals.test_join import around

SVG = "{http://www.w3.org/2000/svg}"
NAME = "gs2e-cpa-lean-summer-2025"


def billed() -> Service:
    return services(NAME)[0]


def load(service: Service, without: slice | None = None) -> Column:
    values = load_of(service)
    assert values is not None
    kept = dict(values)
    for instant in list(values)[without] if without else ():
        del kept[instant]
    return made(kept)


def drawn(joined: Joined, columns: list[Column], path: Path, form: PictureForm = "svg") -> str:
    save(load_curve(joined, columns, "a service"), path, form, "a service")
    return path.read_text() if form == "svg" else ""


def texts(svg: str) -> list[str]:
    return ["".join(each.itertext()) for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_picture_says_the_verdict_the_peak_and_both_sides(tmp_path: Path) -> None:
    service = billed()
    joined = join(service, [load(service)])
    said = texts(drawn(joined, [load(service)], tmp_path / "a.svg"))
    assert joined.measured is not None
    assert joined.measured.peak is not None
    peak = joined.measured.peak
    assert any(line.startswith("ties out: ") for line in said)
    assert f"{peak.kw:.1f} kW, {peak.at:%b %-d %H:%M}" in said
    assert {"billed", "metered", "delivered kW", "on-peak", "mid-peak"} <= set(said)
    for row in joined.energy:
        assert said.count(f"{row.billed:,.0f}") >= 2  # billed and metered are equal
    assert "missing" not in said


def test_what_is_missing_is_hatched_where_it_is_missing(tmp_path: Path) -> None:
    service = billed()
    columns = [load(service, without=slice(400, 420))]
    joined = join(service, columns)
    said = texts(drawn(joined, columns, tmp_path / "a.svg"))
    assert "missing" in said
    assert any(line.startswith("incomplete: ") for line in said)
    figure = load_curve(joined, columns, "a service")
    hatched = [patch for patch in figure.axes[0].patches if patch.get_hatch()]
    assert joined.measured is not None
    (gap,) = joined.measured.gaps
    (box,) = [patch.get_extents().transformed(figure.axes[0].transData.inverted()) for patch in hatched]
    assert (round(box.x0), round(box.x1)) == (gap.begin, gap.end)


def test_bands_are_the_schedules_hours() -> None:
    service = billed()
    joined = join(service, [load(service)])
    of_band = {at: band.tou for band in bands(joined) for at in range(band.begin, band.end, 900)}
    assert joined.first is not None
    assert joined.last is not None
    assert of_band == {at: price_period(at)[1] for at in quarters(joined.first, joined.last)}


@pytest.mark.parametrize(
    ("first", "hours"),
    [
        (dt.date(2025, 3, 9), 23),  # clocks go forward
        (dt.date(2025, 7, 9), 24),
        (dt.date(2025, 11, 2), 25),  # and back
    ],
)
def test_power_is_a_value_for_each_quarter_of_the_day_as_it_passes(first: dt.date, hours: int) -> None:
    begin, end = clock.day(first)
    values = {at: number * KWH for number, at in enumerate(quarters(first, first))}
    slot, kw = power([made(values)], "delivered", begin, end)
    assert slot == 900
    assert kw.tolist() == [4.0 * number for number in range(4 * hours)]


def test_meters_are_added_and_an_hour_is_drawn_as_its_mean() -> None:
    begin, end = clock.day(dt.date(2025, 7, 9))
    hour = column("delivered", "A", np.array([begin]), np.array([3600]), np.array([4 * KWH]))
    quarter = column("delivered", "B", np.array([begin + 900]), np.array([900]), np.array([KWH]))
    slot, kw = power([hour, quarter], "delivered", begin, end)
    assert (slot, kw[:4].tolist()) == (900, [4.0, 8.0, 4.0, 4.0])
    assert np.isnan(kw[4:]).all()


def test_what_was_sent_back_lies_below_zero(tmp_path: Path) -> None:
    service = billed()
    assert service.period is not None
    back = made(dict.fromkeys(quarters(service.period.start, service.period.end), KWH), "received")
    joined = join(service, [load(service), back])
    figure = load_curve(joined, [load(service), back], "a service")
    lowest = min(float(np.nanmin(patch.get_data().values)) for patch in _stairs(figure.axes[0].patches))
    assert lowest == -4.0
    assert "sent back kW, below zero" in texts(drawn(joined, [load(service), back], tmp_path / "a.svg"))


def _stairs(patches: Iterable[Any]) -> list[Any]:
    return [patch for patch in patches if hasattr(patch, "get_data")]


def test_readings_that_a_join_moved_by_a_day_are_drawn_where_it_moved_them() -> None:
    """The peak's mark lies on the curve, and no day is empty."""
    service = billed()
    late = around(service).later(86_400)
    joined = join(service, [late])
    assert joined.shift.hours == -24
    axes = load_curve(joined, [late], "a service").axes[0]
    (curve,) = _stairs(axes.patches)
    values, edges, _ = curve.get_data()
    assert not np.isnan(values).any()
    (mark,) = [line for line in axes.lines if line.get_marker() == "v"]
    [at], [kw] = (np.asarray(one).tolist() for one in mark.get_data())
    assert values[np.searchsorted(edges, at) - 1] == kw == values.max()


def test_nothing_used_has_no_bars_below_zero(tmp_path: Path) -> None:
    service = billed()
    assert service.period is not None
    nothing = made(dict.fromkeys(quarters(service.period.start, service.period.end), 0))
    unused = service.model_copy(update={"charges": (), "demands": (), "usage_kwh": Decimal(0)})
    said = texts(drawn(join(unused, [nothing]), [nothing], tmp_path / "a.svg"))
    assert "-0" not in said
    assert said.count("0") >= 3


def test_what_was_not_metered_is_not_in_the_legend(tmp_path: Path) -> None:
    service = billed()
    back = made(dict.fromkeys(quarters(dt.date(2025, 6, 1), dt.date(2025, 9, 30)), KWH), "received")
    said = texts(drawn(join(service, [back]), [back], tmp_path / "a.svg"))
    assert "sent back kW, below zero" in said
    assert "delivered kW" not in said


def test_the_same_picture_has_the_same_bytes_and_no_date(tmp_path: Path) -> None:
    service = billed()
    joined = join(service, [load(service)])
    one, other = (drawn(joined, [load(service)], tmp_path / f"{name}.svg") for name in "ab")
    assert one == other
    assert not re.search(
        r"dc:date|https?://(?!www\.w3\.org|purl\.org|creativecommons\.org|matplotlib\.org)", one
    )


def test_a_png_has_something_on_it_and_its_title(tmp_path: Path) -> None:
    service = billed()
    joined = join(service, [load(service)])
    drawn(joined, [load(service)], tmp_path / "a.png", "png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (2100, 900)
        assert image.text["Title"] == "a service"  # type: ignore[attr-defined]  # PNG only
        assert np.asarray(image.convert("L")).std() > 10


def test_a_period_without_readings_says_so(tmp_path: Path) -> None:
    assert "no readings" in texts(drawn(join(billed(), []), [], tmp_path / "a.svg"))


def test_what_is_not_known_is_never_drawn_as_zero(tmp_path: Path) -> None:
    """The hours of this schedule are in no table: kWh by price period were billed, and cannot be metered."""
    service = billed().model_copy(update={"rate_schedule": "TOU-GS-2-B"})
    joined = join(service, [load(service)])
    assert {row.metered for row in joined.energy} == {None}
    said = texts(drawn(joined, [load(service)], tmp_path / "a.svg"))
    assert said.count("not known") == len(joined.energy)
    bars = [one for one in said if re.fullmatch(r"0", one)]
    assert len(bars) == 2  # where the axes of kW and of kWh begin


def test_nothing_lies_below_zero_but_what_was_sent_back() -> None:
    service = billed()
    joined = join(service, [load(service)])
    assert load_curve(joined, [load(service)], "a service").axes[0].get_ylim()[0] == 0


def test_days_of_23_and_25_hours_are_marked(tmp_path: Path) -> None:
    for first, hours in ((dt.date(2025, 3, 1), "23 h"), (dt.date(2025, 10, 20), "25 h")):
        period = Period(start=first, end=first + dt.timedelta(days=29), days=30)
        service = billed().model_copy(update={"period": period})
        columns = [made(dict.fromkeys(quarters(period.start, period.end), KWH))]
        said = texts(drawn(join(service, columns), columns, tmp_path / "a.svg"))
        assert [one for one in said if one.endswith(" h")] == [hours]


def test_a_period_without_readings_is_hatched_from_end_to_end() -> None:
    joined = join(billed(), [])
    assert joined.first is not None
    assert joined.last is not None
    axes = load_curve(joined, [], "a service").axes[0]
    (hatched,) = [one for one in axes.patches if one.get_hatch()]
    box = hatched.get_extents().transformed(axes.transData.inverted())
    assert (round(box.x0), round(box.x1)) == clock.period(joined.first, joined.last)


def test_readings_of_a_bill_without_kwh_are_not_hatched() -> None:
    service = billed().model_copy(update={"charges": (), "usage_kwh": None})
    joined = join(service, [load(billed())])
    assert joined.channels is None
    axes = load_curve(joined, [load(billed())], "a service").axes[0]
    assert not [one for one in axes.patches if one.get_hatch()]
    assert _stairs(axes.patches)

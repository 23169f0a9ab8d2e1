r"""CMEP, the California Metering Exchange Protocol: the interval data of its records MEPMD01.

"Each record stands alone": a line of fields between commas, who it is of in fields 3 to 8, then triplets of
time, flag and value. "CMEP uses end-of-interval Date/Time timestamps", in UTC; "if a Date/Time field, after
the first reading in a line, is empty, it is calculated by adding this interval to the Date/Time of the
previous value". Flag N: "no value is being sent for this interval", which is a gap and not zero, while any
other "empty numeric fields are interpreted as the value zero". A stamp a minute beside the hour's grid is a
drifting clock: it is taken as the interval's end, and told. Registers (KWHREG), power (KW), other commodities
and other record types are told, not read. The CRC's polynomial is published nowhere, so it is not checked.

Source: CMEP 1.20, 7 March 2000 (the words in quotes); Sensus' extension is in `_cmep_units`.

>>> import io
>>> header = "MEPMD01,19970819,006908818,8000000001,,,202511030800,,OK,E,KWH,1,00000015,2"
>>> block, problem = read(io.BytesIO(f"{header},202511030015,,0.25,,N,\r\n".encode()), "")
>>> [(str(one.start), one.seconds, one.value, one.quality.name) for one in block]
[('2025-11-03 00:00:00+00:00', 900, Decimal('250.000'), 'VALIDATED')]
>>> problem.message
'intervals without a value (flag N), which are gaps and not zeros: 1'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import BinaryIO

from extractor.intervals.formats._blocks import Blocks
from extractor.intervals.formats._cmep_records import Record, records
from extractor.intervals.formats._cmep_times import ends, length
from extractor.intervals.formats._cmep_units import (
    COMMODITIES,
    READ,
    RECORDS,
    VERSIONS,
    UnknownFlagError,
    quality_of,
    series_of,
    unit_of,
)
from extractor.intervals.formats._numbers import KILO, TooFineError, decimal, scale
from extractor.intervals.formats._tally import Said, Tally
from extractor.intervals.given import Given, Quality, Readings

NAME = "CMEP"
REVISION = 1

HEADER = 8
TRIPLETS = 14
"""Fields before the first triplet."""

DOUBTS = {Quality.QUESTIONABLE, Quality.UNKNOWN}
"""Under which an empty value is no zero: the meter says that data is missing, or nobody knows the flag."""

SAID: Said = {
    "missing": ("info", "intervals without a value (flag N), which are gaps and not zeros: {count}"),
    "empty_value": ("info", "values left empty, which the specification reads as zero: {count}"),
    "doubtful": ("info", "values that the meter itself marks as doubtful: {count}"),
    "drift": ("info", "stamps a minute beside the end of their interval, taken as its end: {count}"),
    "rounded": ("warning", "values finer than a thousandth of a watt-hour, rounded to it: {count}"),
    "flag": ("warning", "values with a quality flag that is not known: {count}"),
    "below_zero": ("warning", "values below zero of energy that only goes one way: {count}"),
    "interval": (
        "warning",
        "records whose stamps lie closer than their field 13 says, which is ignored then: {count}",
    ),
    "no_length": ("warning", "records that do not say how long their intervals are, not read: {count}"),
    "register": ("info", "records of a meter's register, whose readings are no intervals, not read: {count}"),
    "power": ("info", "records of power, not of energy, not read: {count}"),
    "unit": ("info", "records in the unit {detail}, not read: {count}"),
    "commodity": ("info", "records of {detail}, not read: {count}"),
    "purpose": ("warning", "records with the purpose {detail}, which are no readings, not read: {count}"),
    "record": ("info", "records of type {detail}, not read: {count}"),
    "version": ("warning", "records of version {detail}, whose meaning is assumed: {count}"),
    "crc": ("info", "records with a checksum, which is not checked: {count}"),
    "long_line": ("info", "lines longer than the 2,048 characters allowed: {count}"),
    "unended": ("info", "the last line has no end; if the file was cut there, its last value is wrong"),
}

_RECORD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:MEP[A-Z]{2}\d\d|MLA01),")
_TYPE = re.compile(r"[A-Z]{3,5}\d\d")
_WORD = re.compile(r"[A-Z0-9$-]{1,12}")
_DATE = re.compile(r"\d{8}", re.ASCII)
_CRC = re.compile(r"H[0-9A-Fa-f]{4}")


def claims(name: str, head: bytes) -> bool:
    """Tell a CMEP file by the type of its first record."""
    return _RECORD.match(head) is not None


def read(file: BinaryIO, name: str) -> Iterator[Given]:
    """Give the interval readings of a file.

    Raises:
        UnreadableIntervalsError: if a line is no record, or has not what it counts.
    """
    blocks, tally = Blocks(), Tally(SAID)
    for record in records(file, tally):
        if _is_read(record, tally):
            yield from blocks.full(_take(record, blocks, tally))
    yield from blocks.rest()
    yield from tally.problems()


def _is_read(record: Record, tally: Tally) -> bool:
    """Tell whether a record carries electricity by intervals; count it by what it is if not."""
    kind = record.field(1)
    if kind != "MEPMD01":
        if kind not in RECORDS and _TYPE.fullmatch(kind) is None:
            raise record.refused("is no CMEP record")
        tally.add("record", record.number, f"{kind} ({RECORDS.get(kind, 'unknown')})")
        return False
    if len(record.fields) < HEADER:
        raise record.refused(f"ends after {len(record.fields)} fields, within its header")
    reason = _other_content(record)
    if reason is not None:
        tally.add(reason[0], record.number, reason[1])
    return reason is None


def _other_content(record: Record) -> tuple[str, str] | None:
    """Return what a MEPMD01 record carries instead of energy by intervals, if it does."""
    purpose, commodity, unit = (record.field(number).upper() for number in (9, 10, 11))
    if commodity not in {"E", ""}:
        return "commodity", COMMODITIES.get(commodity, "an unknown commodity")
    if purpose not in READ:
        return "purpose", _printable(purpose)
    match unit_of(unit).kind:
        case "energy":
            return None
        case "other":
            return "unit", _printable(unit)
        case kind:
            return kind, ""


def _printable(word: str) -> str:
    """Return a protocol word; anything else might be a customer's."""
    return word if _WORD.fullmatch(word) else "unknown"


def _take(record: Record, blocks: Blocks, tally: Tally) -> int:
    """Add the readings of a record to their block; return how many triplets it has."""
    times, flags, values = _triplets(record, tally)
    seconds = length(record, times, tally)
    if seconds is None:
        tally.add("no_length", record.number)
    if seconds is None or not times:
        return 0
    unit = unit_of(record.field(11).upper())
    block = blocks.of(series_of(record.names(), unit), _is_known(record, tally))
    _add(record, block, seconds, ends(record, times, seconds, tally), flags, values, tally)
    return len(times)


def _is_known(record: Record, tally: Tally) -> bool:
    """Tell whether the record's version is known.

    It "changes only when interpreting as some other version would produce invalid results".
    """
    version = record.field(2)
    if version in VERSIONS:
        return True
    tally.add("version", record.number, version if _DATE.fullmatch(version) else "unknown")
    return False


def _triplets(record: Record, tally: Tally) -> tuple[list[str], list[str], list[str]]:
    """Return times, flags and values, as many as the record counts."""
    count = _count(record)
    data = record.fields[TRIPLETS:]
    if len(data) == 3 * count - 1 and data[-1].startswith("N"):
        data.append("")  # "records may be truncated": an empty value at the end of the line
    rest = data[3 * count :]
    if len(data) < 3 * count or any(rest[1:]) or (rest and rest[0] and not _CRC.fullmatch(rest[0])):
        raise record.refused(f"counts {count} values and has {len(data) / 3:g}")
    if rest and rest[0]:
        tally.add("crc", record.number)
    return data[0 : 3 * count : 3], data[1 : 3 * count : 3], data[2 : 3 * count : 3]


def _count(record: Record) -> int:
    text = record.field(TRIPLETS)
    if not text and len(record.fields) < TRIPLETS:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 4:
        raise record.refused("field 14, the count of values, is no number")
    return int(text)


def _add(
    record: Record,
    block: Readings,
    seconds: int,
    ended: list[int],
    flags: list[str],
    values: list[str],
    tally: Tally,
) -> None:
    """Add to a block what has a value."""
    qualities = _qualities(record, flags, values, tally)
    if None in qualities:
        kept = [at for at, quality in enumerate(qualities) if quality is not None]
        tally.add("missing", record.number, count=len(ended) - len(kept))
        ended, values = [ended[at] for at in kept], [values[at] for at in kept]
    counted = _values(record, values, tally)
    if block.series.channel != "net" and (below := sum(value < 0 for value in counted)):
        tally.add("below_zero", record.number, count=below)
    block.starts.extend([end - seconds for end in ended])
    block.seconds.extend([seconds] * len(ended))
    block.thousandths.extend(counted)
    block.qualities.extend([quality for quality in qualities if quality is not None])


def _factor(record: Record) -> Decimal:
    """Return what brings a value to thousandths of a Wh: the calculation constant times a kilo."""
    text = record.field(12)
    try:
        constant = decimal(text) if text else Decimal(1)
    except ValueError:
        raise record.refused("field 12, the calculation constant, is no number") from None
    if constant <= 0:
        raise record.refused("field 12, the calculation constant, is not above zero")
    return constant * KILO


def _qualities(record: Record, flags: list[str], values: list[str], tally: Tally) -> list[Quality | None]:
    """Return how sure each value is; None where there is none: flag N, or empty under a flag of doubt."""
    try:
        qualities = [quality_of(flag) for flag in flags]
    except UnknownFlagError:
        qualities = [_known_quality(record, flag, tally) for flag in flags]
    if doubtful := qualities.count(Quality.QUESTIONABLE):
        tally.add("doubtful", record.number, count=doubtful)
    if "" in values:
        pairs = zip(qualities, values, strict=True)
        return [None if not value and quality in DOUBTS else quality for quality, value in pairs]
    return qualities


def _known_quality(record: Record, flag: str, tally: Tally) -> Quality | None:
    try:
        return quality_of(flag)
    except UnknownFlagError:
        tally.add("flag", record.number)
        return Quality.UNKNOWN


def _values(record: Record, texts: list[str], tally: Tally) -> list[int]:
    scaled = scale(_factor(record))
    try:
        return [scaled(text) for text in texts]
    except ValueError:
        return [_value(record, text, scaled, tally) for text in texts]


def _value(record: Record, text: str, scaled: Callable[[str], int], tally: Tally) -> int:
    if not text:
        tally.add("empty_value", record.number)
        return 0
    try:
        return scaled(text)
    except TooFineError as error:
        tally.add("rounded", record.number)
        return error.rounded
    except ValueError as error:
        raise record.refused(f"a value {error}") from None

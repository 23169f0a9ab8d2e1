"""CMEP's times: how long a record's intervals are, and when each ends.

"If a Date/Time field, after the first reading in a line, is empty, it is calculated by adding this
interval to the Date/Time of the previous value. This field is ignored if no empty Date/Time fields are
encountered in the record" (CMEP 1.20, field 13). So stamps that lie closer together than the field says
go before it; those further apart may have gaps between them, and the field is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extractor.intervals.formats._cmep_records import Record
from extractor.intervals.formats._stamps import DRIFT, day, minutes, settled
from extractor.intervals.formats._tally import Tally


def length(record: Record, times: Sequence[str], tally: Tally) -> int | None:
    """Return how long the record's intervals are: its field 13, else what lies between all of its stamps.

    None if it does not say, or says months, which are no fixed time.
    """
    text = record.field(13)
    is_said = bool(text.strip("0"))
    said = _interval(record, text) if is_said else None
    if not is_said and not all(times[1:]):
        raise record.refused("has empty times and no interval")
    if is_said and (said is None or not all(times)):
        return said
    apart = _apart(record, times)
    if said is not None and not any(0 < step < said - 2 * DRIFT for step in apart):
        return said
    if said is not None:
        tally.add("interval", record.number)
    return apart.pop() if len(apart) == 1 and min(apart) > 0 else None


def _apart(record: Record, times: Sequence[str]) -> set[int]:
    """Return how many seconds lie between one stamp and the next."""
    stamps = [_instant(record, time) for time in times]
    return {later - earlier for earlier, later in pairwise(stamps)}


def _interval(record: Record, text: str) -> int | None:
    """Return the seconds of MMDDHHMM."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise record.refused("field 13, the interval, is not in the form MMDDHHMM")
    months, days, hours, mins = (int(text[at : at + 2]) for at in (0, 2, 4, 6))
    return None if months else (days * 24 + hours) * 3600 + mins * 60


def ends(record: Record, times: Sequence[str], seconds: int, tally: Tally) -> list[int]:
    """Return when each interval ends: as stamped, or one interval after the one before."""
    at = _instant(record, times[0])
    if any(times[1:]):
        stamped = [at]
        for time in times[1:]:
            at = _instant(record, time) if time else at + seconds
            stamped.append(at)
    else:
        stamped = list(range(at, at + len(times) * seconds, seconds))
    found = [settled(end, seconds) for end in stamped]
    if drifting := sum(map(int.__ne__, found, stamped)):
        tally.add("drift", record.number, count=drifting)
    return found


def _instant(record: Record, stamp: str) -> int:
    try:
        return day(stamp[:8]) + 60 * minutes(stamp[8:])
    except ValueError:
        raise record.refused("a time is not in the form CCYYMMDDHHMM") from None

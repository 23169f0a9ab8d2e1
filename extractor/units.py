"""Units as printed: `kWh`, `KWH` and `kwh` are one unit; the record keeps the print.

>>> by("KWH", "kWh"), by("kW", "kWh"), by(None, "kWh")
(True, False, False)
"""

from __future__ import annotations


def by(printed: str | None, unit: str) -> bool:
    """Tell whether a printed unit is a unit, in whatever case of letters."""
    return printed is not None and printed.lower() == unit.lower()

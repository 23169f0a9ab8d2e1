"""What the codes of a utility's 810 mean: one table, each row with the grade of its evidence.

No guide of California's 810 to customers is known whole, and no sample of one. `S` stands in X12 4010 itself,
`3P` in a guide of another region or of PG&E's front matter, `MEM` is common knowledge of the trade. What is
not in the table is kept as a finding and means nothing.

Sources: X12 4010 segments BIG, TXI, TDS, CTT (CTT01 counts the IT1 segments); the Pennsylvania, New Jersey,
Delaware and Maryland guide "810 LDC Consolidated Bill" (REF, BAL, loops of IT1); New York's "810 Utility Rate
Ready" and "Bill Ready" (SAC08 to SAC10, TXI01, one account per transaction); Duke Energy's 810 (8S or RE is
the utility, 8R or BT the customer); PG&E's summary of changes (TXI01 ET is the energy tax).

>>> meaning("BAL", "M/YB"), meaning("BAL", "Y/YB")
('amount due', None)
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from extractor.model import Component, Section

Grade = Literal["S", "3P", "MEM"]


class Rule(NamedTuple):
    """What a code in an element means."""

    element: str
    code: str
    meaning: str
    grade: Grade


RULES = (
    # What the invoice is: BIG07 and BIG08. A credit memo's amounts may be meant with the other sign.
    Rule("BIG07", "", "invoice", "S"),
    Rule("BIG07", "DI", "invoice", "S"),
    Rule("BIG07", "ME", "invoice", "3P"),
    Rule("BIG07", "PR", "invoice", "MEM"),
    Rule("BIG07", "CR", "credit memo", "S"),
    Rule("BIG07", "CN", "credit memo", "S"),
    Rule("BIG08", "", "original", "S"),
    Rule("BIG08", "00", "original", "S"),
    Rule("BIG08", "01", "cancelled", "S"),
    Rule("BIG08", "05", "replaces", "S"),
    Rule("BIG08", "07", "duplicate", "S"),
    Rule("BIG08", "CO", "corrected", "3P"),
    # Whose number it is: REF01.
    Rule("REF", "12", "account", "3P"),
    Rule("REF", "Q5", "usage point", "3P"),
    Rule("REF", "11", "supplier's account", "3P"),
    Rule("REF", "45", "old account", "3P"),
    Rule("REF", "OI", "original invoice", "3P"),
    Rule("REF", "BLT", "billing type", "3P"),
    Rule("REF", "PC", "who calculates", "3P"),
    Rule("REF", "NH", "utility's rate", "MEM"),
    Rule("REF", "RB", "rate", "MEM"),
    Rule("REF", "MG", "meter", "3P"),
    # Who it is: N101.
    Rule("N1", "8S", "utility", "3P"),
    Rule("N1", "RE", "remit to", "3P"),
    Rule("N1", "SJ", "supplier", "3P"),
    Rule("N1", "8R", "customer", "3P"),
    Rule("N1", "BT", "bill to", "3P"),
    # Balances: BAL01 and BAL02. Payments are not among them.
    Rule("BAL", "P/YB", "previous balance", "3P"),
    Rule("BAL", "A/BM", "adjustment", "3P"),
    Rule("BAL", "M/J9", "balance before this bill", "3P"),
    Rule("BAL", "M/PB", "current bill", "3P"),
    Rule("BAL", "M/YB", "amount due", "3P"),
    # Whether a line counts: SAC01, TXI07 and SLN03.
    Rule("SAC01", "C", "charge", "S"),
    Rule("SAC01", "A", "allowance", "S"),
    Rule("SAC01", "N", "neither", "S"),
    Rule("TXI07", "", "add", "MEM"),
    Rule("TXI07", "A", "add", "S"),
    Rule("TXI07", "I", "included", "S"),
    Rule("TXI07", "O", "for information", "S"),
    Rule("SLN03", "", "add", "MEM"),
    Rule("SLN03", "A", "add", "S"),
    Rule("SLN03", "I", "included", "S"),
    Rule("SLN03", "O", "for information", "S"),
    # What a tax is: TXI01, as a label.
    Rule("TXI01", "ET", "Energy tax", "3P"),
    Rule("TXI01", "UT", "Utility users tax", "MEM"),
    Rule("TXI01", "GR", "Gross receipts tax", "3P"),
    Rule("TXI01", "LS", "State and local sales tax", "3P"),
    Rule("TXI01", "ST", "State sales tax", "MEM"),
    Rule("TXI01", "CS", "City sales tax", "MEM"),
    Rule("TXI01", "CT", "County tax", "MEM"),
    Rule("TXI01", "LT", "Local sales tax", "MEM"),
    Rule("TXI01", "MT", "Metropolitan transit tax", "MEM"),
    # Units: SAC09 and MEA04.
    Rule("unit", "KH", "kWh", "S"),
    Rule("unit", "K1", "kW", "S"),
    Rule("unit", "K7", "kW", "S"),
    Rule("unit", "K2", "kVar", "S"),
    Rule("unit", "K3", "kVarh", "S"),
    Rule("unit", "K4", "kVA", "S"),
    Rule("unit", "DA", "days", "S"),
    Rule("unit", "MO", "months", "S"),
    # What was measured: MEA02; of when: MEA07 (in New York 51 is the total).
    Rule("MEA02", "PRQ", "used", "MEM"),
    Rule("MEA07", "", "total", "MEM"),
    Rule("MEA07", "51", "total", "3P"),
)

_TABLE = {(rule.element, rule.code): rule.meaning for rule in RULES}

TAXES = {"ET": Component.ENERGY_SURCHARGE, "UT": Component.UUT}
"""What a tax is in our words, by TXI01."""

AGENCY = "EU"
"""Who gives out the codes of SAC04: the electric utilities."""

COMPONENTS = {"BAS": Component.CUSTOMER, "ADJ": Component.ADJUSTMENT, "LPC": Component.NON_ENERGY}
"""What a charge is by the letters of SAC04 [3P], where its words do not tell."""

SECTIONS: dict[str, Section] = {"DIS": "delivery", "TRN": "delivery", "GEN": "generation"}
"""On which side a charge stands by the letters of SAC04 [3P], where its words do not tell."""

SILENT = ("N2", "N3", "N4", "PER", "PID", "NTE", "MSG", "CTT", "SE", "ST", "BIG", "CUR")
"""Segments that carry no charge."""


def meaning(element: str, code: str) -> str | None:
    """Return what a code means, None if it is not in the table."""
    return _TABLE.get((element, code))

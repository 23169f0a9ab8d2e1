"""A writer of 810 interchanges from known charges, in the forms that guides have; all names are made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

SCE = "006908818"
CUSTOMER = "123456789"
SUPPLIER = "987654321"


def n2(amount: str | Decimal) -> str:
    """Write dollars as cents without a point."""
    return str(int(Decimal(amount) * 100))


def sac(
    amount: str,
    label: str,
    *,
    kind: str = "C",
    code: str = "",
    rate: str = "",
    unit: str = "",
    quantity: str = "",
) -> str:
    return f"SAC*{kind}**EU*{code}*{n2(amount)}***{rate}*{unit}*{quantity}*****{label}"


def txi(amount: str, kind: str = "ET", *, percent: str = "", base: str = "", relation: str = "A") -> str:
    return f"TXI*{kind}*{amount}*{percent}****{relation}*{base}".rstrip("*")


LINES = (
    sac("263.37", "Delivery Energy - On peak - Summer", rate=".07527", unit="KH", quantity="3499"),
    sac("681.10", "Facilities rel demand", rate="13.9", unit="K1", quantity="49"),
    sac("211.20", "Customer charge", code="BAS001"),
    sac("450.00", "Generation Energy - On peak - Summer", rate=".12861", unit="KH", quantity="3499"),
    sac("36.00", "California climate credit", kind="A"),
    txi("1.05"),
)
TOTAL = Decimal("263.37") + Decimal("681.10") + Decimal("211.20") + Decimal("450.00") - 36 + Decimal("1.05")


@dataclass(frozen=True)
class Invoice:
    """One transaction; every part of it may be replaced."""

    big: str = "BIG*20250703*INV1***X867"
    header: Sequence[str] = (
        "REF*12*700200000001",
        f"N1*8S*SOUTHERN CALIFORNIA EDISON*1*{SCE}",
        "N1*8R*EXAMPLE LOGISTICS",
        "N1*BT*EXAMPLE LOGISTICS",
        "N3*1 EXAMPLE ST",
        "N4*ANYTOWN*CA*90000",
    )
    due: str = "ITD*14*3****20250722"
    balances: Sequence[str] = ("BAL*M*J9*100.00", f"BAL*M*PB*{TOTAL}", f"BAL*M*YB*{TOTAL + 100}")
    loop: Sequence[str] = (
        "IT1*1*****SV*ELECTRIC*C3*ACCOUNT",
        "REF*12*8000000001",
        "REF*NH*TOU-GS-2-E",
        "REF*MG*222011-000102",
        "DTM*150*20250603",
        "DTM*151*20250702",
        "MEA*AA*PRQ*3499*KH***51",
    )
    lines: Sequence[str] = LINES
    more: Sequence[str] = ()
    """Further IT1 loops."""
    total: Decimal = TOTAL
    behind: Sequence[str] = ()
    """Between TDS and CTT."""
    items: int = 1

    def segments(self) -> list[str]:
        middle = [*self.header, self.due, *self.balances, *self.loop, *self.lines, *self.more]
        whole = [self.big, *middle, f"TDS*{n2(self.total)}", *self.behind, f"CTT*{self.items}"]
        return [one for one in whole if one]

    def but(self, **parts: object) -> Invoice:
        return replace(self, **parts)  # type: ignore[arg-type]  # the parts are told by name


@dataclass(frozen=True)
class File:
    """An interchange."""

    element: str = "*"
    component: str = ">"
    terminator: str = "~"
    line: str = ""
    sender: str = SCE
    receiver: str = CUSTOMER
    test: str = "P"
    others: Sequence[tuple[str, Sequence[str]]] = field(default_factory=tuple)
    """Transactions of other kinds, before the invoices."""

    def text(self, *invoices: Invoice) -> str:
        bodies = [*self.others, *(("810", one.segments()) for one in invoices)]
        segments = [
            f"ISA*00*{'':10}*00*{'':10}*01*{self.sender:15}*01*{self.receiver:15}"
            f"*250703*0000*U*00401*000000007*0*{self.test}*>",
            f"GS*IN*{self.sender}*{self.receiver}*20250703*0000*12*X*004010",
        ]
        for number, (kind, body) in enumerate(bodies, 1):
            segments += [f"ST*{kind}*{number:04}", *body, f"SE*{len(body) + 2}*{number:04}"]
        segments += [f"GE*{len(bodies)}*12", "IEA*1*000000007"]
        marks = str.maketrans("*>", self.element + self.component)
        return "".join(one.translate(marks) + self.terminator + self.line for one in segments)

    def data(self, *invoices: Invoice) -> bytes:
        return self.text(*invoices).encode()


def file(*invoices: Invoice, **parts: object) -> bytes:
    """Write invoices, by default one, as a file."""
    return File(**parts).data(*(invoices or (Invoice(),)))  # type: ignore[arg-type]  # told by name


USAGE = ("867", ["BPT*00*X867*20250703*C1", "REF*12*8000000001", "PTD*PM***OZ*EL", "QTY*QD*3499*KH"])
ACKNOWLEDGEMENT = ("997", ["AK1*IN*12", "AK9*A*1*1*1"])

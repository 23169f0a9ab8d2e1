"""How figures are printed: money with either sign's form, SCE's arithmetic, CCAs' arithmetic."""

from decimal import Decimal

from corpus.model import Charge

_NEGATIVE = {"-$": "-${}", "$-": "$-{}", "$x-": "${}-", "()": "(${})", "CR": "${} CR"}


def usd(amount: Decimal, negative: str = "-$") -> str:
    """Return an amount as printed; `negative` names the form of those below zero.

    >>> usd(Decimal("3992.95")), usd(Decimal("-0.18"))
    ('$3,992.95', '-$0.18')
    >>> [usd(Decimal("-1.00"), form) for form in ("$-", "$x-", "()", "CR")]
    ['$-1.00', '$1.00-', '($1.00)', '$1.00 CR']
    """
    return f"${amount:,}" if amount >= 0 else _NEGATIVE[negative].format(f"{-amount:,}")


def sce_arithmetic(charge: Charge) -> str:
    """Return `62 kW x $13.77000 x 27/30 days`, or nothing for a line without arithmetic."""
    if charge.quantity is None or charge.rate is None:
        return ""
    if charge.unit == "USD":
        return f"${charge.quantity:,} x {charge.rate}%"
    text = f"{charge.quantity:,} {charge.unit} x {_rate(charge.rate)}"
    return text if charge.days is None else f"{text} x {charge.days[0]}/{charge.days[1]} days"


def cca_arithmetic(charge: Charge) -> str:
    """Return `161.14 kWh @ 0.2106`: no commas, no dollar sign."""
    if charge.quantity is None or charge.rate is None:
        return ""
    return f"{charge.quantity} {charge.unit} @ {charge.rate}"


def _rate(rate: Decimal) -> str:
    return f"${rate}" if rate >= 0 else f"-${-rate}"

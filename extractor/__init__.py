"""Documents in, checked records out: reads electricity bills into line items that prove themselves.

from extractor import read
for result in read("bill.pdf"):
print(result.status, result.bill.amount_due)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractor.guarded import read, read_bill

__version__ = "0.1.0"
__all__ = ["__version__", "read", "read_bill"]


def __getattr__(name: str) -> Any:
    """Import what reads documents only when it is first asked for: `billclerk --help` must feel instant."""
    if name in ("read", "read_bill"):
        import importlib

        return getattr(importlib.import_module("extractor.guarded"), name)
    raise AttributeError(name)

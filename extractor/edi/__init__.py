"""EDI X12 810 invoices of utilities: one transaction (ST to SE) is one bill, with places in segments.

No guide of California's utilities for their customers is known, and no sample; what the codes mean is
second-hand (`extractor.edi.rules` grades each). So a bill read here is in review until a person takes it as
it is: `extractor.checks.edi` says so.

The way: bytes -> `interchange` (transactions, the envelope checked) -> `loops` (header, IT1 loops, summary)
-> `services` (who charges, for which account and days) and `charges` (SAC and TXI) -> `invoice` (the draft).
"""

NAME = "x12_810"
REVISION = 1

"""Tables of billing history: what was billed to service accounts by period, as others keep it.

    file -> sheets and headings (`extractor.intervals.mapped`)
         -> which column is what, and what the rows prove (`columns`, `proofs`, `propose`)
         -> a `HistoryMapping` that a person confirms once for its layout (`mapping`)
         -> rows (`rows`, `read`), all of a file's or none; what is told of them (`left_out`, `sound`)

Such are replies to option 1 of SCE's form 14-796 (CISR), the bill list of SCE EnergyManager and CPA's
history. None of them has a published layout, so nothing is taken by a heading alone, and none of it is ever
called verified: it is what somebody says of bills that nobody has proven.
"""

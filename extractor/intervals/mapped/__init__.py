"""Tables of unknown layout: columns are found from headers, confirmed by a person once, then remembered.

    file -> sheets of rows (`text`, `workbook`) -> the heading found by its content (`tables`)
         -> what each column is, and what the rows prove (`roles`, `slots`, `proofs`, `propose`, `proposal`)
         -> a `Mapping` that a person confirms (`mapping`, `remembered`) -> readings (`read`)

Nothing is guessed: what neither header nor rows prove is asked, and nothing is read before a person
has confirmed what the columns mean. Source: facts on interval formats, 4.
"""

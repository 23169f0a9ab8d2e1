"""Which bills are kept of which months, and which are not: per meter and read month, both halves apart.

`asked.coverage` is the one question; everything else here is a rule over its rows.
"""

"""The roster as files that people keep: read row by row, taken in whole, edited, written out again."""

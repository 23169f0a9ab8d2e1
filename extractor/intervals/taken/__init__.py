"""Interval files taken in: read in a guarded process, and handed to the interval store."""

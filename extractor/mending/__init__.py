"""Recognised pages: what is read again, what arithmetic mends, what may be misread, what is left open."""

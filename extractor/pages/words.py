"""Kept while callers move to `extractor.paper`."""

from extractor.paper import Page, Word

__all__ = ["Page", "Word"]

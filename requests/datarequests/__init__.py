"""Data requests: authorizations, requests to utilities, and the clocks they run on.

Imports nothing of `extractor` but `extractor.base`.
"""

"""The generator of sample bills and their golden records.

`python -m corpus [OUT_DIR]` makes every sample again, byte for byte. The package imports
nothing of `extractor`: what a golden record says is what this package meant to print.
"""

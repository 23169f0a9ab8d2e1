"""What is odd about a bill beside those before it; nothing here changes what a bill is, or whether it counts.

`asked.history` is the one question; everything else here is a rule over its rows.
"""

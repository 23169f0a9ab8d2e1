"""Documents read again: one run at a time, what that changes and how it is told; on a Ray cluster."""

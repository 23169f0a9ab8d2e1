"""The parts of the join: what is billed, what was metered, how they compare, and the verdict."""

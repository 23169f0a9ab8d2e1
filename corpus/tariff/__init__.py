"""The rate figures of the samples, as dated data. Source of each in the modules."""

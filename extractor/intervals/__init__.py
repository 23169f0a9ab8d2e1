"""What meters measured: readers of every format it comes in, the interval store, and the join to bills."""

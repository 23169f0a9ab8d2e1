"""Pages of bills with the measured geometry of real ones, one module per kind of page."""

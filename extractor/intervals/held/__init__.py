"""The interval store: imports, the Parquet files they name, and questions to what counts now."""

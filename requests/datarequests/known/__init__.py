"""What is known of counterparties, a file for each: dated values, each with its source."""

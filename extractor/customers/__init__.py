"""What a customer has here: handed over, and erased."""

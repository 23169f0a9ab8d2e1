"""What is handed out: rows of charges, bills and findings in files that others read, and the originals."""

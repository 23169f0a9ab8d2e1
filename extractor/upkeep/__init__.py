"""How a home is kept in order: backups, and a look into one; signs of life."""

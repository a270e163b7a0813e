"""The database's schema: its migrations, its roles, its dump, its diagram."""

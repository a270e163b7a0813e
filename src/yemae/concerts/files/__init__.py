"""The concert file: reading, checking, and writing it into the database."""

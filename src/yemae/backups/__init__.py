"""Backups of the private PostgreSQL with its secret key, and their way back into a data folder.

A backup is a folder that appears whole or not at all. Valkey is not in it: the fans' tokens are
their places.
"""

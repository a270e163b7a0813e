"""The check of a ticket at the door."""

"""Scheduled jobs as bounded functions: the sweep, the admission tick, the seat count."""

"""Mutation testing: what `mutants.py` (Lua) and `python_mutants.py` share, and Python's mutants."""

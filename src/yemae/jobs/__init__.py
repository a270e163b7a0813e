"""What runs by the clock, as bounded functions: the sweep, the admission tick, the seat count."""

"""From a connection's bytes to a handler and back, the same for every operation."""

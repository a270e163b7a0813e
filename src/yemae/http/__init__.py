"""The HTTP contract: the only place that knows the web framework."""

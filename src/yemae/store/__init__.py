"""The stores: the only place that knows drivers, and the private PostgreSQL and Valkey."""

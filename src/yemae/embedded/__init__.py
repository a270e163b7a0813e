"""The private PostgreSQL and Valkey, the data folder, and the processes that run them."""

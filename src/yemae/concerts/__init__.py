"""콘서트 · Concerts: what is sold, on which dates, and which seats are still free."""

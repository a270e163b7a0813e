"""A rehearsal: simulated fans at an on-sale, over HTTP, and a report that proves what happened."""

"""기록 · The history of a sale: what was counted, second by second and minute by minute."""

"""잔액 · Wallet: a balance per fan, and the ledger that explains it."""

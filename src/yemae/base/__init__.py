"""What any part may stand on and what knows no domain: batches, rate limits, signing, metrics."""

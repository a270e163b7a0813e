"""결제 · Payments."""

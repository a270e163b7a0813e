"""약관 · The operator's terms and privacy policy."""

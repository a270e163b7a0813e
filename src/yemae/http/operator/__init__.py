"""What an operator calls: one file for each noun."""

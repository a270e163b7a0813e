"""What a fan calls: one file for each noun."""

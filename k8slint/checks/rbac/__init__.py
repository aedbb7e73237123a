"""What roles grant, to whom, and what they only seem to grant."""

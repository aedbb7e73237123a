"""Which kinds there are, since when, until when."""

"""Item models that are more than a list in memory."""

"""Speed and memory, as figures and as ratios to the raw engine in the same run: `make bench`."""

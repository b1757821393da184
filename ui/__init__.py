"""Everything a person touches: the command line today, the window tomorrow. Never SQL."""

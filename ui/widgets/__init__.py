"""One component for each thing that pages show."""

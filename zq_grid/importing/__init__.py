"""From a stranger's spreadsheet to planned steps: read in a child process, find the header, plan, commit."""

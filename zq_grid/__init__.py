"""What the town's work is: steps, cases, clocks, rates, import, papers. No Qt, no word of SQL dialects."""

VERSION = "0.1.0"

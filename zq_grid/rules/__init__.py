"""The pure heart: standard library only; tables where a table can say it; each rule cites docs/rules.md."""

"""Papers on which somebody signs: frozen figures in, the same bytes out, no query inside."""

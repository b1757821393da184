"""Tables, engines, migrations, search index. No rule and no word shown to people."""

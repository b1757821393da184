"""How everything looks: tokens from resources/themes, one style sheet, one palette."""

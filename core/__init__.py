"""The product's rules, with no platform, database or clock in sight."""

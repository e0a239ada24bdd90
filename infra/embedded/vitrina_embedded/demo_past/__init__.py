"""The demo's day before its first start: what was measured and what was recorded, as if Vitrina had run already."""

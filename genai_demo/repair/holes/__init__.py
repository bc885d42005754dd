"""Holes in pictures: told apart, filled by one of several methods, and joined with what lies around them."""

"""The tour of the shell: `docs/tour.md` and its pictures, made from the shell itself.

`python -m tests.tour` makes them anew; a test fails where they are stale.
"""

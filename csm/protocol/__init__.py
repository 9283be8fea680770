"""The words every part of csm shares: ids, items, ops, events, model and tool types, errors, the JSON codec.

Does not: decide or do anything. These are values.
"""

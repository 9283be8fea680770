"""The menu over the composer: choosing what the word before the cursor becomes.

Does not: hold anything here; the commands are imported when one of them first runs.
"""

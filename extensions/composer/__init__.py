"""What a draft holds beside words: long pastes, images; drafts put aside; messages that wait.

Does not: hold anything here; the commands are imported when one of them first runs.
"""

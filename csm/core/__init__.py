"""Pure decisions: the fold, the turn machine, requests, policy, diffs."""

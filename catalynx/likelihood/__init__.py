"""How likely a new grant will be reported: pairs of funder and recipient, learned on one period, calibrated on a later one.

Frames and matrices in, models and scores out; nothing here reads a file, a clock or chance that is not seeded.
"""

"""Pages whose truth is known: a random world in a random layout, with its own labels, units and formats.

It is what reading is measured against (`make truth`), so it shares no code with what reads: its labels,
formats and places are its own.
"""

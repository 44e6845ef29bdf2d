"""Where DWS and National Treasury do not fit together: facts, one small rule each, discrepancies.

Pure but for `reading`, which takes the facts from the record.
"""

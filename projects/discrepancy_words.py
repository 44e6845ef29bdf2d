"""What the fields of a question are called. Pure."""

from __future__ import annotations

LABELS = {
    "question": "Question",
    "reason": "Reason",
    "state": "State",
    "severity": "Weight",
    "dws_value": "DWS’s figure",
    "treasury_value": "The municipality’s figure",
    "dws_label": "What DWS’s figure is",
    "treasury_label": "What the municipality’s figure is",
    "first_year": "First financial year",
    "last_year": "Last financial year",
    "compared": "What is compared",
    "explanations": "What may explain it",
}

"""Reading National Treasury's Municipal Money API: questions, answers, figures. Pure: no HTTP, no tables."""

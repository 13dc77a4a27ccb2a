"""What products lack and what is wrong with them: completeness, and checks of one small class each."""

"""Understanding: from a person's words to acts, clauses, quantities, polarity and catalogue matches."""

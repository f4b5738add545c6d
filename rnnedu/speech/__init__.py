"""From sound to written words: features, strings of spoken digits, a network with CTC, and its errors counted."""

"""The counted figures that the lessons' texts state, counted at their full setting; a module for each lesson."""

"""The ways in which the two models can work together; ``registry`` names them all."""

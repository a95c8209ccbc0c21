"""How good the model is: validation against studies, and calibration by them."""

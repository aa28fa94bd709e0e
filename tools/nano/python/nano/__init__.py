"""Data, training and evaluation of the nano checkpoint (see ../../README.md)."""

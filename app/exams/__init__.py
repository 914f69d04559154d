"""Arithmetic of 业务水平测评: which questions, how many marks, how much time. No database, no clock."""

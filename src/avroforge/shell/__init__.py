"""What the command lines share: printing, exit codes, commands that load late, failures in words."""

// made in the next step

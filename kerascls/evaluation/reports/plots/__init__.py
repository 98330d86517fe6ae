"""Pictures of a training and of a report, drawn by matplotlib."""

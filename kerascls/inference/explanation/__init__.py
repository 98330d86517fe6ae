"""Why a text gets a label: what each part of it does to the label's logit."""

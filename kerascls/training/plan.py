"""How many steps a training has, and when it is validated."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """How many steps a training has, and after which of them it is validated.

    `validate_steps` are those between validations; None for one after each epoch.
    `max_steps` ends it within an epoch; None for after the last.
    """

    steps_per_epoch: int
    epochs: int
    validate_steps: int | None = None
    max_steps: int | None = None

    @property
    def num_steps(self) -> int:
        """Steps in all."""
        of_epochs = self.steps_per_epoch * self.epochs
        return min(of_epochs, self.max_steps or of_epochs)

    @property
    def rounds_are_epochs(self) -> bool:
        """Whether validation comes after each epoch, not after so many steps."""
        return self.validate_steps is None

    @property
    def round_steps(self) -> int:
        """Steps of a round, of which the last may have fewer."""
        return min(self.validate_steps or self.steps_per_epoch, self.num_steps)

    @property
    def num_rounds(self) -> int:
        """Validations in all."""
        return -(-self.num_steps // self.round_steps)

    def ends_round(self, step: int) -> bool:
        """Returns whether validation follows when so many steps are done."""
        return step % self.round_steps == 0 or step == self.num_steps

    def epoch(self, step: int) -> float:
        """Returns how many epochs so many steps are, an int where it is whole."""
        epochs = round(step / self.steps_per_epoch, 6)
        return int(epochs) if epochs == int(epochs) else epochs

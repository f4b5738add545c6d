"""A progress bar for `fit`, in a terminal or a notebook, if tqdm is installed; nothing otherwise."""

from rnnedu.callbacks import Callback


class ProgressBar(Callback):
    """One bar for the whole training, with the epoch, the loss and the metrics beside it."""

    bar = None

    def on_train_begin(self, logs=None):
        """Open the bar."""
        try:
            from tqdm.auto import tqdm
        except ModuleNotFoundError:  # training does not need it
            return
        self.bar = tqdm(total=self.params["epochs"] * self.params["steps"], unit="step")
        self.epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        """Say which epoch it is, counted from 1."""
        if self.bar is not None:
            self.bar.update(epoch * self.params["steps"] - self.bar.n)
            self.bar.set_description(f"epoch {epoch + 1}/{self.params['epochs']}", refresh=False)

    def on_train_batch_end(self, batch, logs=None):
        """Move on."""
        if self.bar is not None:
            self.bar.update()

    def on_epoch_end(self, epoch, logs=None):
        """Show the epoch's figures."""
        if self.bar is not None:
            self.bar.set_postfix({name: f"{value:.4g}" for name, value in (logs or {}).items()})

    def on_train_end(self, logs=None):
        """Close the bar."""
        if self.bar is not None:
            self.bar.close()

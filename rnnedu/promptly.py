"""A Jupyter server's link to the browser that sends small messages at once.

A slider's answer is a small message behind another small one. By default the second waits until the browser has
acknowledged the first (Nagle's algorithm), and the browser takes up to 40 ms to do that.
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """The usual link between a kernel and a browser, without that wait."""

    def connect(self):
        """Connect as usual; messages are not held back."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()

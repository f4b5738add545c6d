"""Weights and models to and from Keras, PyTorch and ONNX.

All four libraries compute the same cells; they differ in what stands where. With ours on the left (x_t a row vector):

| | here, Keras | PyTorch | ONNX |
|---|---|---|---|
| product | x_t @ W_x, W_x (D, G*H) | x_t @ W_ih.T, W_ih (G*H, D) | x_t @ W.T, W (1 or 2, G*H, D) |
| LSTM gates | i f g o | i f g o | i o f g |
| GRU gates | z r n | r z n | z r n |
| biases | one; GRU two: (2, 3H) | two vectors (G*H,) | two, side by side: (1 or 2, 2*G*H) |
| data | (B, T, D) | (T, B, D), or `batch_first` | (T, B, D), or `layout=1` |

Two biases where the sum would do are a trait of cuDNN. Only the GRU needs both, and only for its candidate, whose
recurrent bias stands inside the bracket that the reset gate multiplies:

    n_t = tanh(x_t @ W_xn + b_n + r_t * (h_prev @ W_hn + b_hn))

In all of them z_t keeps the old state: h_t = z_t * h_prev + (1 - z_t) * n_t.

The peers are imported only when a function needs one; what is missing is said with the command that installs it.
"""

from rnnedu.interop import keras, onnx, torch

__all__ = ["keras", "onnx", "torch"]

"""PyTorch's side: the same layer with the same weights, and the usual training loop."""

import numpy as np
import torch

LAYERS = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
ORDER = {"rnn": [0], "lstm": [0, 1, 2, 3], "gru": [1, 0, 2]}  # PyTorch's GRU is r, z, n; ours z, r, n


def layer(cell, w):
    """Return torch.nn.RNN, LSTM or GRU with our weights w (W_x (D, GH), W_h (H, GH), b (GH,); GRU: b_hn (H,))."""
    D, H = len(w.W_x), len(w.W_h)

    def gates(stacked):
        """Reorder our gates along the last axis."""
        blocks = np.split(stacked, len(ORDER[cell]), axis=-1)
        return np.concatenate([blocks[gate] for gate in ORDER[cell]], axis=-1)

    recurrent_bias = np.zeros_like(w.b)
    if cell == "gru":
        recurrent_bias[2 * H :] = w.b_hn
    made = LAYERS[cell](D, H)
    theirs = (gates(w.W_x).T, gates(w.W_h).T, gates(w.b), recurrent_bias)
    with torch.no_grad():
        for parameter, value in zip(made.parameters(), theirs, strict=True):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    return made


def forward_backward(cell, w, x, dh):
    """Return a function that runs the layer forward and backward and returns (h, dx) as arrays (T, B, H), (T, B, D)."""
    made, x, dh = layer(cell, w), torch.from_numpy(x).requires_grad_(), torch.from_numpy(dh)

    def run():
        made.zero_grad()
        x.grad = None
        h, _ = made(x)
        h.backward(dh)
        return h.detach().numpy(), x.grad.numpy()

    return run


class CharLM(torch.nn.Module):
    """Embedding, one recurrent layer, and a Dense layer that returns logits."""

    def __init__(self, cell, V, E, H):
        super().__init__()
        self.embedding = torch.nn.Embedding(V, E)
        self.recurrent = LAYERS[cell](E, H, batch_first=True)
        self.head = torch.nn.Linear(H, V)

    def forward(self, ids):
        return self.head(self.recurrent(self.embedding(ids))[0])


def training_step(cell, V, E, H, batches):
    """Return a function that takes one step with Adam on the next of the batches (ids, targets), both (B, T)."""
    model = CharLM(cell, V, E, H)
    optimizer = torch.optim.Adam(model.parameters())
    tensors = [(torch.from_numpy(ids), torch.from_numpy(targets)) for ids, targets in batches]
    turn = iter(range(10**9))

    def step():
        ids, targets = tensors[next(turn) % len(tensors)]
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(ids).flatten(0, 1), targets.flatten())
        loss.backward()
        optimizer.step()
        return loss.item()

    return step

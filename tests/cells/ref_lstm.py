"""LSTM and its variants. Gate order i f g o in every case, as in torch."""
import torch

from frame import N, T, case, load, sigmoid, softmax, tanh, tensor
import numpy as np


@case("lstm", "models/lstm.lua", X=5, H=7)
def _(draw):
    x, W, U, b = draw(T, N, 5), draw(4, 7, 5), draw(4, 7, 7), draw(4, 7)
    h0, c0 = draw(1, N, 7), draw(1, N, 7)
    lstm = load(torch.nn.LSTM(5, 7), weight_ih_l0=W.reshape(28, 5), weight_hh_l0=U.reshape(28, 7),
                bias_ih_l0=b.reshape(28), bias_hh_l0=np.zeros(28))
    h, (h1, c1) = lstm(tensor(x), (tensor(h0), tensor(c0)))
    return dict(params=dict(W=W, U=U, b=b), inputs=dict(x=x), starts=dict(h=h0, c=c0),
                outputs=dict(h=h.detach()), states=dict(h=h1.detach(), c=c1.detach()))

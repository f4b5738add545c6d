"""The mistakes that the LSTM is known for and that no rule would tell as well: sentence -> the wrong equations."""

FORWARD = {
    "Your c_t forgets the old memory: is f_t * c_prev in it?": "c_t = i_t * g_t",
    "Your c_t writes nothing new: is i_t * g_t in it?": "c_t = f_t * c_prev",
    "Your c_t keeps all of c_prev: f_t decides how much is kept, f_t * c_prev.": "c_t = c_prev + i_t * g_t",
    "Your c_t writes all of g_t: i_t decides how much is written, i_t * g_t.": "c_t = f_t * c_prev + g_t",
    "i_t and f_t are in each other's place: f_t keeps c_prev, i_t writes g_t, and gates are stacked i, f, g, o.": (
        "c_t = i_t * c_prev + f_t * g_t"
    ),
    "Your c_t is f_t * h_prev + ...: the memory that is kept is c_prev.": "c_t = f_t * h_prev + i_t * g_t",
    "Your c_t writes (1 - f_t) * g_t, as a GRU would; the LSTM has a gate of its own for that, i_t.": (
        "c_t = f_t * c_prev + (1 - f_t) * g_t"
    ),
    "tanh is taken of c_t itself; c_t = f_t * c_prev + i_t * g_t as it is, and tanh comes in h_t only.": (
        "c_t = tanh(f_t * c_prev + i_t * g_t)"
    ),
    "Your h_t shows c_t without tanh: h_t = o_t * tanh(c_t).": "h_t = o_t * c_t",
    "Your h_t shows all of tanh(c_t): o_t decides how much, o_t * tanh(c_t).": "h_t = tanh(c_t)",
    "Your h_t is made from the old c_prev: it shows the new c_t.": "h_t = o_t * tanh(c_prev)",
    "sigmoid stands where tanh belongs in h_t: h_t = o_t * tanh(c_t).": "h_t = o_t * sigmoid(c_t)",
    "tanh is taken of the product in h_t: o_t stands outside, h_t = o_t * tanh(c_t).": "h_t = tanh(o_t * c_t)",
    "sigmoid stands where tanh belongs in g_t: the candidate has both signs.": (
        "g_t = sigmoid(x_t @ W_xg + h_prev @ W_hg + b_g)"
    ),
    "All four are tanh; the gates i, f and o are sigmoids, between 0 and 1.": (
        "i_t = tanh(x_t @ W_xi + h_prev @ W_hi + b_i)\n"
        "f_t = tanh(x_t @ W_xf + h_prev @ W_hf + b_f)\n"
        "o_t = tanh(x_t @ W_xo + h_prev @ W_ho + b_o)"
    ),
    "tanh is taken of the sums, then sigmoid of i, f and o once more: each gate is sigmoid of its sum itself.": (
        "i_t = sigmoid(tanh(x_t @ W_xi + h_prev @ W_hi + b_i))\n"
        "f_t = sigmoid(tanh(x_t @ W_xf + h_prev @ W_hf + b_f))\n"
        "o_t = sigmoid(tanh(x_t @ W_xo + h_prev @ W_ho + b_o))"
    ),
    "sigmoid is taken of all four sums, then tanh of g once more: g_t is tanh of its sum itself.": (
        "g_t = tanh(sigmoid(x_t @ W_xg + h_prev @ W_hg + b_g))"
    ),
    "sigmoid is taken twice of o_t.": "h_t = sigmoid(o_t) * tanh(c_t)",
    "All of i, f, g and o are left as sums: sigmoid belongs around i, f and o, tanh around g.": (
        "i_t = x_t @ W_xi + h_prev @ W_hi + b_i\n"
        "f_t = x_t @ W_xf + h_prev @ W_hf + b_f\n"
        "g_t = x_t @ W_xg + h_prev @ W_hg + b_g\n"
        "o_t = x_t @ W_xo + h_prev @ W_ho + b_o"
    ),
    "The gates read c_prev where h_prev belongs: c_prev @ W_h is not in this LSTM.": (
        "i_t = sigmoid(x_t @ W_xi + c_prev @ W_hi + b_i)\n"
        "f_t = sigmoid(x_t @ W_xf + c_prev @ W_hf + b_f)\n"
        "g_t = tanh(x_t @ W_xg + c_prev @ W_hg + b_g)\n"
        "o_t = sigmoid(x_t @ W_xo + c_prev @ W_ho + b_o)"
    ),
    "h_prev and c_prev are in each other's place: the gates read h_prev, f_t keeps c_prev.": (
        "i_t = sigmoid(x_t @ W_xi + c_prev @ W_hi + b_i)\n"
        "f_t = sigmoid(x_t @ W_xf + c_prev @ W_hf + b_f)\n"
        "g_t = tanh(x_t @ W_xg + c_prev @ W_hg + b_g)\n"
        "o_t = sigmoid(x_t @ W_xo + c_prev @ W_ho + b_o)\n"
        "c_t = f_t * h_prev + i_t * g_t"
    ),
}

BACKWARD = {
    "Your dc_t takes only what comes through h_t: is dc_next, the gradient from t+1 along c, in it?": (
        "dc_t = dh_t * o_t * (1 - tanh(c_t) ** 2)"
    ),
    "Your dc_t takes only dc_next: c_t reaches the loss through h_t too, add dh_t * o_t * (1 - tanh(c_t) ** 2).": (
        "dc_t = dc_next"
    ),
    "The slope of tanh at c_t is 1 - tanh(c_t) ** 2, not 1 - c_t ** 2: c_t has not been through tanh yet.": (
        "dc_t = dc_next + dh_t * o_t * (1 - c_t ** 2)"
    ),
    "Your dc_t leaves out the slope of tanh on the way through h_t: dh_t * o_t * (1 - tanh(c_t) ** 2).": (
        "dc_t = dc_next + dh_t * o_t"
    ),
    "Your dc_t leaves out o_t on the way through h_t: dh_t * o_t * (1 - tanh(c_t) ** 2).": (
        "dc_t = dc_next + dh_t * (1 - tanh(c_t) ** 2)"
    ),
    "dc_prev is made from dc_next; it takes dc_t, with what comes through h_t: dc_prev = dc_t * f_t.": (
        "dc_prev = dc_next * f_t"
    ),
    "Your dc_prev leaves out the forget gate: dc_prev = dc_t * f_t.": "dc_prev = dc_t",
    "dc_next is counted twice in dc_t.": "dc_t = dc_next + dc_next + dh_t * o_t * (1 - tanh(c_t) ** 2)",
    "f_t was multiplied with the old memory: c_prev stands in da_f, not c_t.": ("da_f = dc_t * c_t * f_t * (1 - f_t)"),
    "o_t was multiplied with tanh(c_t), not with c_t: tanh is missing in da_o.": "da_o = dh_t * c_t * o_t * (1 - o_t)",
    "da_o is made from dc_t; the output gate is reached by dh_t alone.": "da_o = dc_t * tanh(c_t) * o_t * (1 - o_t)",
    "g is a tanh: its slope is 1 - g_t ** 2, not g_t * (1 - g_t).": "da_g = dc_t * i_t * (g_t * (1 - g_t))",
    "h_t stands where h_prev belongs in dW_h: W_h was multiplied with the state before.": (
        "dW_hi = (o_t * tanh(c_t)).T @ da_i\n"
        "dW_hf = (o_t * tanh(c_t)).T @ da_f\n"
        "dW_hg = (o_t * tanh(c_t)).T @ da_g\n"
        "dW_ho = (o_t * tanh(c_t)).T @ da_o"
    ),
}

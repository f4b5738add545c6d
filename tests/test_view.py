"""The pictures, by the data of their artists: what is drawn is what the trace holds."""

import subprocess
import sys

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from rnnedu import unroll
from rnnedu.cells import get
from rnnedu.trace import Trace
from rnnedu.view import GradientNorms, HiddenStateMap, Picture, axes, colours


def new_axes():
    return Figure(layout="constrained").subplots()


def trace(cell="lstm", T=7, B=2, H=4, seed=0, back=True, dtype=np.float64, **options):
    rng = np.random.default_rng(seed)
    run = unroll.forward(get(cell).init(3, H, seed, dtype, **options), rng.standard_normal((T, B, 3)).astype(dtype))
    if not back:
        return Trace.of(run)
    return Trace.of(run, unroll.backward(run, dh_last=rng.standard_normal((B, H)).astype(dtype)))


def drawn(line):
    return np.ma.asarray(line.get_ydata(orig=True))


# ---- HiddenStateMap


@pytest.mark.parametrize("symbol", ["h_t", "c_t", "f_t", "g_t", "x_t", "dh_t"])
def test_the_image_is_one_sequence_of_the_symbol(symbol):
    seen = trace()
    picture = HiddenStateMap(new_axes(), seen, symbol, sequence=1)
    np.testing.assert_array_equal(picture.image.get_array(), seen[symbol][:, 1].T)
    T, units = seen[symbol].shape[0], seen[symbol].shape[2]
    assert tuple(picture.image.get_extent()) == (0.5, T + 0.5, units + 0.5, 0.5)


@pytest.mark.parametrize("symbol", ["h_t", "c_t", "g_t", "dh_t"])
def test_states_are_coloured_symmetrically_about_zero(symbol):
    seen = trace()
    image = HiddenStateMap(new_axes(), seen, symbol).image
    widest = np.abs(seen[symbol][:, 0]).max()
    assert image.get_clim() == (-widest, widest)
    assert image.get_cmap().name == colours.DIVERGING


@pytest.mark.parametrize(("cell", "symbol"), [("lstm", "i_t"), ("lstm", "f_t"), ("lstm", "o_t"), ("gru", "z_t")])
def test_gates_are_coloured_from_shut_to_open_in_their_own_colour(cell, symbol):
    image = HiddenStateMap(new_axes(), trace(cell), symbol).image
    assert image.get_clim() == (0, 1)
    assert image.get_cmap()(0.0) == (1, 1, 1, 1)
    open_ = "#" + "".join(f"{round(255 * part):02x}" for part in image.get_cmap()(1.0)[:3])
    assert open_ == colours.of(symbol)[0]


def test_a_state_that_is_zero_everywhere_still_has_a_scale():
    run = unroll.forward(get("rnn").init(3, 4), np.zeros((5, 1, 3)))
    assert HiddenStateMap(new_axes(), Trace.of(run)).image.get_clim() == (-1, 1)


def test_update_writes_into_the_same_artists_for_another_t_and_h():
    picture = HiddenStateMap(new_axes(), trace(T=7, H=4))
    artists, children = (picture.image, picture.cursor, picture.colorbar), len(picture.ax.get_children())
    picture.move(7)
    other = trace("gru", T=3, H=6, seed=1)
    picture.update(other)
    assert (picture.image, picture.cursor, picture.colorbar) == artists
    assert len(picture.ax.get_children()) == children
    np.testing.assert_array_equal(picture.image.get_array(), other["h_t"][:, 0].T)
    assert picture.ax.get_xlim() == (0.5, 3.5)
    assert picture.ax.get_ylim() == (6.5, 0.5)
    assert picture.t == 3  # the timestep it stood at is gone: the last one there is
    picture.ax.figure.canvas.draw()
    assert picture.colorbar.vmax == picture.image.get_clim()[1]


def test_move_puts_the_cursor_on_a_timestep():
    picture = HiddenStateMap(new_axes(), trace())
    picture.move(4)
    assert picture.t == 4
    assert list(picture.cursor.get_xdata()) == [4, 4]


def test_a_single_timestep_and_a_single_unit_can_be_drawn():
    picture = HiddenStateMap(new_axes(), trace(T=1, B=1, H=1))
    picture.ax.figure.canvas.draw()
    assert picture.image.get_array().shape == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"symbol": "f_x"}, ValueError, "symbol is 'f_x'; accepted is one of x_t, h_prev"),
        ({"symbol": 3}, ValueError, "symbol is 3"),
        ({"sequence": 2}, ValueError, "sequence is 2; accepted is an integer from 0 to 1"),
        ({"sequence": -1}, ValueError, "sequence is -1"),
        ({"sequence": 0.5}, TypeError, "sequence is 0.5"),
    ],
)
@pytest.mark.parametrize("view", [HiddenStateMap, GradientNorms])
def test_a_wrong_argument_is_named_before_anything_is_drawn(view, arguments, kind, message):
    ax = new_axes()
    if view is GradientNorms:
        message = message.replace("x_t, h_prev", "dh_t")
    with pytest.raises(kind, match=message):
        view(ax, trace(), **arguments)
    assert not ax.images
    assert not ax.lines


@pytest.mark.parametrize(("t", "kind"), [(8, ValueError), (0, ValueError), (1.5, TypeError), (True, TypeError)])
def test_a_timestep_outside_the_trace_is_refused_and_the_cursor_stays(t, kind):
    picture = HiddenStateMap(new_axes(), trace())
    with pytest.raises(kind, match=f"t is {t}; accepted is an integer from 1 to 7"):
        picture.move(t)
    assert list(picture.cursor.get_xdata()) == [1, 1]


def test_an_update_that_is_refused_leaves_the_picture_alone():
    picture = HiddenStateMap(new_axes(), trace("lstm"), "c_t")
    before = np.array(picture.image.get_array())
    with pytest.raises(ValueError, match="symbol is 'c_t'; accepted is one of"):
        picture.update(trace("gru"))
    np.testing.assert_array_equal(picture.image.get_array(), before)


def test_a_gradient_of_a_trace_without_gradients_says_how_to_record_it():
    with pytest.raises(ValueError, match=r"symbol is 'dh_t'.*no gradients: Trace.of\(run, back\)"):
        HiddenStateMap(new_axes(), trace(back=False), "dh_t")


# ---- GradientNorms


def test_each_line_is_the_norm_over_units_on_a_log_axis():
    traces = {"LSTM": trace(), "SimpleRNN": trace("rnn", T=5)}
    picture = GradientNorms(new_axes(), traces, sequence=1)
    assert picture.ax.get_yscale() == "log"
    for label, seen in traces.items():
        np.testing.assert_array_equal(drawn(picture.lines[label]), np.linalg.norm(seen["dh_t"], axis=-1)[:, 1])
        np.testing.assert_array_equal(picture.lines[label].get_xdata(), np.arange(1, seen.T + 1))
    assert [text.get_text() for text in picture.legend.get_texts()] == ["LSTM", "SimpleRNN"]
    assert picture.ax.get_xlim() == (1, 7)


def test_a_single_trace_is_named_by_its_cell():
    assert list(GradientNorms(new_axes(), trace("gru")).lines) == ["GRU"]


def test_lines_differ_in_colour_and_in_dash():
    lines = GradientNorms(new_axes(), {str(n): trace(seed=n) for n in range(3)}).lines.values()
    assert len({line.get_color() for line in lines}) == 3
    assert len({str(line._dash_pattern) for line in lines}) == 3


def test_update_keeps_lines_by_label_adds_new_ones_and_removes_the_missing():
    picture = GradientNorms(new_axes(), {"a": trace(seed=0), "b": trace(seed=1)})
    a, colour_b = picture.lines["a"], picture.lines["b"].get_color()
    picture.update({"a": trace(seed=2, T=3), "c": trace(seed=3, T=9)})
    assert picture.lines["a"] is a
    assert len(a.get_xdata()) == 3
    assert set(picture.ax.lines) == set(picture.lines.values())
    assert picture.lines["c"].get_color() == colour_b  # the first colour that is free
    assert [text.get_text() for text in picture.legend.get_texts()] == ["a", "c"]
    assert picture.ax.get_xlim() == (1, 9)


def test_update_with_the_same_labels_keeps_the_legend():
    picture = GradientNorms(new_axes(), {"a": trace(seed=0)})
    legend = picture.legend
    picture.update({"a": trace(seed=5)})
    assert picture.legend is legend


def test_update_rescales_the_axis_to_the_new_norms():
    picture = GradientNorms(new_axes(), trace("rnn"))
    seen = trace("rnn", seed=1)
    small = Trace(seen.params, seen.values, {n: v * 1e-9 for n, v in seen.gradients.items()}, seen.weight_gradients)
    picture.update(small)
    low, high = picture.ax.get_ylim()
    assert low < small.norms("dh_t")[:, 0].min()
    assert small.norms("dh_t")[:, 0].max() < high < 1e-6


def test_zeros_are_masked_and_the_rest_is_drawn():
    seen = trace("rnn", T=4)
    steps = unroll.forward(seen.params, seen["x_t"])
    cotangent = np.zeros((4, 2, 4))
    cotangent[1] = 1  # the loss sees t = 1 only: nothing reaches t = 2 and 3
    picture = GradientNorms(new_axes(), Trace.of(steps, unroll.backward(steps, dh=cotangent)))
    norms = drawn(picture.lines["SimpleRNN"])
    assert list(np.ma.getmaskarray(norms)) == [False, False, True, True]
    picture.ax.figure.canvas.draw()


def test_all_zero_draws_an_empty_axis_without_a_warning():
    run = unroll.forward(get("rnn").init(3, 4), np.zeros((5, 1, 3)))
    picture = GradientNorms(new_axes(), Trace.of(run, unroll.backward(run)))
    picture.ax.figure.canvas.draw()
    assert drawn(picture.lines["SimpleRNN"]).mask.all()


@pytest.mark.parametrize(
    ("traces", "kind", "message"),
    [
        ({"a": trace(back=False)}, ValueError, r"traces\['a'\] has no gradients; accepted is .* Trace.of\(run"),
        (trace(back=False), ValueError, r"traces\['LSTM'\] has no gradients"),
        ({}, ValueError, "traces is empty"),
        ([trace()], TypeError, "traces is list; accepted is a Trace or a mapping"),
        ({"a": 3}, TypeError, r"traces\['a'\] is int; accepted is a Trace"),
    ],
)
def test_what_is_missing_in_traces_is_named(traces, kind, message):
    with pytest.raises(kind, match=message):
        GradientNorms(new_axes(), traces)


# ---- figure


def test_axes_makes_rows_that_share_time():
    from matplotlib import pyplot

    rows = axes(rows=2, width=5, height=2)
    try:
        assert tuple(rows[0].figure.get_size_inches()) == (5, 4)
        HiddenStateMap(rows[0], trace())
        HiddenStateMap(rows[1], trace(), "f_t")
        assert [ax.get_xlabel() for ax in rows] == ["", "timestep t"]
    finally:
        pyplot.close(rows[0].figure)


def test_importing_the_views_does_not_import_pyplot():
    code = "import sys, rnnedu.view; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_picture_is_an_image_with_words_and_leaves_no_figure_open():
    ax = axes()
    HiddenStateMap(ax, trace())
    html = Picture(ax, 'h of an <LSTM> & "more"')._repr_html_()
    assert html.startswith('<img alt="h of an &lt;LSTM&gt; &amp; &quot;more&quot;" ')
    assert "<LSTM>" not in html
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_a_picture_without_words_is_refused(alt):
    with pytest.raises(ValueError, match=r"alt is .*; accepted is a text"):
        Picture(new_axes(), alt)

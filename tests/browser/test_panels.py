"""Every widget of controls and blocks in JupyterLab: used by keys and by mouse, its values those of the engine."""

import pytest

from rnnedu import widget
from tests.browser import driving
from tests.browser.lab import RUN, LabPage

ALL = "from rnnedu.widget import *"
CASES = [  # what makes it, a trait, the key that changes it, the trait's new value
    ("GradientBench(units=8, length=30)", "rho", "ArrowRight", 0.95),
    ("ClippingLab()", "threshold", "ArrowRight", None),
    ("CTCLattice('see')", "confidence", "ArrowRight", None),
    ("ForecastView('sunspots')", "origin", "ArrowRight", None),
    ("SamplingPanel(prefix='mar')", "temperature", "ArrowRight", None),
    ("SurpriseView()", "text", "anna", "anna"),
    ("HiddenStateExplorer()", "text", "anna", "anna"),
]


def opened(jupyter, chromium, name, *sources):
    page = LabPage(chromium, *jupyter)
    page.cells(name, *sources)
    page.page.locator(".rnnedu-panel .block").first.wait_for()
    return page, page.page.locator(".rnnedu-panel").first


@pytest.mark.parametrize(("code", "trait", "key", "value"), CASES, ids=[case[0].split("(")[0] for case in CASES])
def test_a_panel_shows_the_engines_numbers_and_obeys_keys_and_mouse(jupyter, chromium, code, trait, key, value):
    page, root = opened(jupyter, chromium, f"panel-{trait}-{len(code)}", ALL, f"shown = {code}; shown")
    own = eval(code, vars(widget))
    driving.compare_at_last(page.page, root, own.shown["blocks"])
    control = root.locator(f"[data-trait={trait}]")
    before = root.locator(".blocks").inner_text()
    if len(key) > 1 and key.startswith("Arrow"):
        control.focus()
        page.page.keyboard.press(key)
        value = value if value is not None else type(getattr(own, trait))(moved(control, own, trait))
    else:
        control.fill(key)
        control.press("Tab")
    page.page.wait_for_function(
        "([root, before]) => root.innerText !== before", arg=[root.locator(".blocks").element_handle(), before]
    )
    setattr(own, trait, value)
    driving.compare_at_last(page.page, root, own.shown["blocks"])
    driving.use_every_control(page, root)
    assert page.strangers == []
    page.page.close()


RACE = "MemoryRace(length=60, units=8, updates=2000, seeds=3, workers=1)"
TRAINER = """import numpy as np
from rnnedu.layers import SimpleRNN, Dense
from rnnedu.models import Sequential
x = np.random.default_rng(0).standard_normal((4000, 8, 2)).astype(np.float32)
model = Sequential([SimpleRNN(8), Dense(1)])
model.compile("adam", "mse")
shown = Trainer(model, x, x.sum((1, 2))[:, None], epochs=40, batch_size=8)
shown"""


@pytest.mark.parametrize("code", [f"shown = {RACE}; shown", TRAINER], ids=["MemoryRace", "Trainer"])
def test_work_is_started_paused_resumed_and_stopped(jupyter, chromium, code):
    page, root = opened(jupyter, chromium, f"live-{len(code)}", ALL, code)
    button = lambda name: root.locator(f"[data-action={name}]")  # noqa: E731
    driving.use_every_control(page, root)
    button("start").focus()
    page.page.keyboard.press("Enter")
    root.locator("[data-action=pause][aria-disabled=false]").wait_for()
    button("pause").click()
    root.locator("[data-action=resume][aria-disabled=false]").wait_for()
    page.page.wait_for_timeout(300)  # the step that was on its way is shown still
    paused = root.locator(".blocks").inner_text()
    page.page.wait_for_timeout(400)
    assert root.locator(".blocks").inner_text() == paused
    button("resume").focus()
    page.page.keyboard.press("Enter")
    root.locator("[data-action=pause][aria-disabled=false]").wait_for()
    button("stop").click()
    root.locator("[data-action=stop][aria-disabled=true]").wait_for()
    assert root.locator(".error").is_hidden()
    assert page.errors == []
    page.page.close()


def test_boxes_that_are_made_anew_under_the_focus_are_ticked_as_before(jupyter, chromium):
    page, root = opened(jupyter, chromium, "anew", ALL, f"shown = {RACE}; shown")
    boxes, updates = root.locator("[data-trait^=entries-]"), root.locator("[data-trait=updates]")
    ticked = boxes.evaluate_all("els => els.map((el) => el.checked)")
    own = updates.input_value()
    choose = "(el, box) => { el.selectedIndex = 0; el.dispatchEvent(new Event('change')); box.focus(); }"
    updates.evaluate(choose, boxes.first.element_handle())  # before the kernel can answer
    updates.locator(f'option[value="{own}"]').wait_for(state="detached")
    assert boxes.evaluate_all("els => els.map((el) => el.checked)") == ticked
    assert any(ticked)
    page.page.close()


HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def test_hostile_text_stays_text(jupyter, chromium):
    code = f"""from rnnedu.datasets import Vocabulary
from rnnedu.lessons import Option, Prediction, Quiz, check
from IPython.display import display
evil = {HOSTILE!r}
display(StepPlayer(text=evil), Prediction(evil, [evil, "b"], lambda: [0, 0]))
display(Quiz(evil, [Option(evil, evil), Option("b", "c")]))
display(StepPlayer(text=evil, beside="gru"))"""
    page = LabPage(chromium, *jupyter)
    dialogs = []
    page.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.cells("hostile", ALL, code)
    page.page.locator(".rnnedu-player .wiring svg").first.wait_for()
    page.page.wait_for_timeout(300)
    outputs = page.page.locator(".jp-OutputArea-output")
    assert outputs.locator("img, script, iframe").count() == 0
    assert dialogs == []
    assert page.errors == []
    page.page.close()


def test_closing_and_running_a_cell_again_leaves_nothing(jupyter, chromium):
    again = "try:\n    shown.close()\nexcept NameError:\n    pass\nshown = GradientBench(units=4, length=10)"
    again += "\ndisplay(shown)"  # as a cell's value it would stay in IPython's Out
    count = "import gc\ngc.collect()\nprint('alive', sum(isinstance(each, GradientBench) for each in gc.get_objects()))"
    page, root = opened(jupyter, chromium, "again", ALL, again, count)
    for _ in range(50):
        page.page.evaluate("() => (window.seen ??= []).push(new WeakRef(document.querySelector('.rnnedu-panel')))")
        page.page.evaluate(RUN)
        root.locator(".block").first.wait_for()
    session = page.page.context.new_cdp_session(page.page)
    session.send("HeapProfiler.collectGarbage")
    kept = page.page.evaluate("() => new Set(window.seen.map((each) => each.deref()).filter(Boolean)).size")
    assert kept <= 3, "elements of widgets that are gone are still held"
    assert page.page.get_by_text("alive 1").count() == 1
    page.page.close()


def moved(control, own, trait):
    """Return the value that a slider has now, as its own text says it or, of a logarithmic one, as it rounds."""
    place = float(control.input_value())
    spec = next(each for each in own.shown["controls"] if each["trait"] == trait)
    return float(f"{10**place:.3g}") if spec["log"] else round(place, 6)

"""The speech lab in JupyterLab: it is heard, read on one cursor, given files and a microphone, or none."""

import numpy as np
import pytest

from rnnedu.speech.wav import wav_bytes
from rnnedu.widget import SpeechLab
from tests.browser import driving, lab
from tests.browser.lab import LabPage

CODE = "from rnnedu.widget import SpeechLab\nlab = SpeechLab(said='42'); lab"
TONE = wav_bytes(0.5 * np.sin(np.arange(12_000) / 9).astype(np.float32))
MICROPHONE = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


def opened(jupyter, chromium, name):
    page = LabPage(chromium, *jupyter)
    page.cells(name, CODE)
    page.page.locator(".rnnedu-panel .surface").first.wait_for()
    return page, page.page.locator(".rnnedu-panel").first


@pytest.fixture(scope="module")
def shown(jupyter, chromium):
    page, root = opened(jupyter, chromium, "speech")
    yield page, root
    assert page.strangers == []
    page.page.close()


def test_the_screen_shows_the_engines_numbers(shown):
    page, root = shown
    driving.compare_at_last(page.page, root, SpeechLab(said="42").shown["blocks"])


def test_one_cursor_for_all_tracks_and_the_sound(shown):
    page, root = shown
    audio = root.locator("audio")
    assert audio.get_attribute("src").startswith("blob:")
    page.page.wait_for_function("(el) => el.duration > 0", arg=audio.element_handle())
    seconds = SpeechLab(said="42").heard.analysis.samples.size / 8000
    assert audio.evaluate("(el) => el.duration") == pytest.approx(seconds, abs=0.01)
    root.locator(".surface").nth(1).focus()
    page.page.keyboard.press("Home")
    for _ in range(3):
        page.page.keyboard.press("PageUp")  # ten columns of 10 ms each
    places = root.locator(".surface .cursor").evaluate_all("els => els.map((el) => el.style.left)")
    assert len(set(places)) == 1
    assert len(places) == root.locator(".surface").count() == 6
    assert audio.evaluate("(el) => el.currentTime") == pytest.approx(0.305, abs=0.02)
    assert root.locator(".readout").inner_text().startswith("time 0.3")


def test_playing_moves_the_cursor(shown):
    page, root = shown
    root.locator(".surface").first.focus()
    page.page.keyboard.press("Home")
    said = root.locator(".readout").inner_text()
    root.locator("audio").evaluate("(el) => { el.muted = true; return el.play(); }")
    page.page.wait_for_function(
        "([el, said]) => el.textContent !== said", arg=[root.locator(".readout").element_handle(), said]
    )


def test_sliders_and_keys_do_what_they_say(shown):
    page, root = shown
    title = root.locator('.block[data-key="tracks"] .block-title')
    root.locator("[data-trait=noise]").focus()
    page.page.keyboard.press("Home")
    own = SpeechLab(said="42", noise=-20.0)
    page.page.wait_for_function(
        "([el, text]) => el.textContent === text", arg=[title.element_handle(), own.shown["blocks"][1]["title"]]
    )
    root.locator("[data-trait=noise]").focus()
    page.page.keyboard.press("End")
    root.locator("[data-action=confuse]").click()
    root.locator('.block[data-key="confusion"]').wait_for()
    driving.use_every_control(page, root)


def test_a_file_is_loaded_and_what_is_none_is_said(shown):
    _, root = shown
    way_in, error = root.locator("[data-intake=file]"), root.locator(".error")
    title = root.locator('.block[data-key="tracks"] .block-title')
    before = title.inner_text()
    way_in.set_input_files({"name": "<b>a</b>.wav", "mimeType": "audio/wav", "buffer": b"this is a text"})
    error.wait_for(state="visible")
    assert "no WAV file" in error.inner_text()
    assert title.inner_text() == before
    way_in.set_input_files({"name": "long.wav", "mimeType": "audio/wav", "buffer": bytes(9_000_000)})
    root.get_by_text("long.wav has 9.0 MB; accepted are at most 8 MB. Nothing was sent.").wait_for()
    way_in.set_input_files({"name": "<b>a</b>.wav", "mimeType": "audio/wav", "buffer": TONE})
    root.get_by_text("in <b>a</b>.wav").first.wait_for()
    assert error.is_hidden()
    assert root.locator("b", has_text="a").count() == 0


def test_without_a_microphone_the_rest_works(shown):
    page, root = shown
    root.locator("[data-intake=record]").click()
    root.get_by_text("A WAV file can be loaded").or_(root.get_by_text("or load a WAV file.")).wait_for()
    root.locator("[data-trait=said]").fill("7")
    root.locator("[data-trait=said]").press("Tab")
    assert root.locator("[data-trait=source]").is_visible()
    assert page.errors == []


def test_a_recording_is_heard(jupyter, chromium):
    equipped = chromium.browser_type.launch(executable_path=lab.chromium(), args=[*lab.FLAGS, *MICROPHONE])
    page, root = opened(jupyter, equipped, "recorded")
    record = root.locator("[data-intake=record]")
    record.click()
    root.get_by_text("Recording, at most 10 s").wait_for()
    page.page.wait_for_timeout(1200)
    assert record.inner_text() == "Stop"
    record.click()
    root.get_by_text("in the recording").first.wait_for()
    assert page.errors == []
    equipped.close()

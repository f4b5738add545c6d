// Sound from outside: a WAV file, or the microphone. It goes to the kernel as it is; what is too large is not sent.

import { html } from "./kit.js";

const BARRED = {
  NotAllowedError: "The browser was not allowed to use the microphone. Allow it beside the page's address and press again, or load a WAV file.",
  NotFoundError: "There is no microphone on this computer. A WAV file can be loaded instead.",
  NotReadableError: "The microphone is in use by another program. Close it and press again, or load a WAV file.",
};
const NONE = "This page has no microphone: browsers give one only to pages from this computer or over an encrypted connection. All else works; a WAV file can be loaded.";

export class Intake {
  constructor(panel) {
    this.panel = panel;
    this.record = html("button", { type: "button", "data-intake": "record", onclick: () => this.toggle() }, "Record");
    this.file = html("input", { type: "file", accept: ".wav,audio/wav,audio/x-wav", "aria-label": "load a WAV file", "data-intake": "file", onchange: () => this.load() });
    this.note = html("div", { class: "note", role: "status", "aria-live": "polite" });
    this.title = html("div", { class: "block-title" });
    this.el = html("div", { class: "block intake" }, this.title, html("div", { class: "intake-row" }, this.record, html("label", {}, html("span", {}, "or load a WAV file"), this.file)), this.note);
  }

  show(spec) {
    this.spec = spec;
    this.title.textContent = spec.title;
    this.note.textContent = this.said ?? spec.note;
  }

  say(text) {
    this.note.textContent = this.said = text;
  }

  send(take, buffer) {
    if (buffer.byteLength > this.spec.bytes) return this.say(`That is ${(buffer.byteLength / 1e6).toFixed(1)} MB; accepted are at most ${this.spec.bytes / 1e6} MB. Nothing was sent.`);
    this.said = null;
    this.panel.model.send({ take }, undefined, [buffer]);
    return this.say("");
  }

  async load() {
    const [file] = this.file.files;
    if (!file) return;
    if (file.size > this.spec.bytes) this.say(`${file.name} has ${(file.size / 1e6).toFixed(1)} MB; accepted are at most ${this.spec.bytes / 1e6} MB. Nothing was sent.`);
    else this.send({ kind: "file", name: file.name }, await file.arrayBuffer());
    this.file.value = ""; // the same file may be chosen again
  }

  // ---- the microphone

  async toggle() {
    if (this.recorder) return this.recorder.stop();
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return this.say(NONE);
    try {
      this.begin(await navigator.mediaDevices.getUserMedia({ audio: true }));
    } catch (error) {
      this.say(BARRED[error.name] ?? `The microphone cannot be used: ${error.message} A WAV file can be loaded.`);
    }
  }

  begin(stream) {
    const parts = [];
    this.recorder = new MediaRecorder(stream);
    this.recorder.ondataavailable = (event) => parts.push(event.data);
    this.recorder.onstop = () => this.end(stream, new Blob(parts));
    this.recorder.start();
    this.timer = setTimeout(() => this.recorder?.stop(), 1000 * this.spec.seconds);
    this.record.textContent = "Stop";
    this.say(`Recording, at most ${this.spec.seconds} s: say some digits, with a short pause behind the last one.`);
  }

  async end(stream, blob) {
    clearTimeout(this.timer);
    for (const track of stream.getTracks()) track.stop();
    this.recorder = null;
    this.record.textContent = "Record";
    const context = new AudioContext();
    try {
      const heard = await context.decodeAudioData(await blob.arrayBuffer());
      this.send({ kind: "recording", rate: heard.sampleRate }, heard.getChannelData(0).slice().buffer);
    } catch {
      this.say("Nothing was recorded. Press Record, speak, and press Stop.");
    } finally {
      context.close();
    }
  }

  removed() {
    if (this.recorder?.state === "recording") this.recorder.stop();
  }
}

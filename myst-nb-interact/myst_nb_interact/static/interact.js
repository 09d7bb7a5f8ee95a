// Plays recordings of `interact`: slider positions → what the page shows.
// A classic script, since modules and fetch() do not work from file://; recordings arrive through <script> elements.
"use strict";
(() => {
  const figures = new Map();

  // The recording's file calls this.
  window.mystNbInteract = (key, recording) => figures.get(key)?.arrived(recording);

  // As codec.decode in Python; what can be worked out once, when the recording arrives, is kept.
  class Output {
    constructor({ controls, fixed, slots, rich }) {
      this.controls = controls;
      this.fixed = fixed;
      this.rich = rich;
      if (fixed.length !== slots.length + 1) throw new Error("damaged recording");
      this.slots = slots.map(({ texts, steps }) => {
        let text = "";
        let number = 0;
        return {
          texts: texts.map(([begin, end, middle]) => (text = text.slice(0, begin) + middle + text.slice(text.length - end))),
          numbers: steps.map((step) => (number += step)),
        };
      });
    }

    html(state) {
      const parts = [this.fixed[0]];
      this.slots.forEach((slot, i) => parts.push(slot.texts[slot.numbers[state]], this.fixed[i + 1]));
      return parts.join("").replace(/[\u{100000}-\u{10ffff}]/gu, (place) => this.rich[place.codePointAt(0) - 0x100000]);
    }
  }

  class Figure {
    constructor(element) {
      this.element = element;
      this.inputs = [...element.querySelectorAll("[data-control]")];
      this.outputs = [...element.querySelectorAll("[data-output]")];
      this.notice = element.querySelector(".interact-notice[role]");
      this.live = element.appendChild(document.createElement("p"));
      this.live.className = "interact-live";
      this.live.setAttribute("aria-live", "polite");
      this.recording = null;
      this.requested = false;
      this.values = [];
      this.shown = this.outputs.map(() => null);
      for (const input of this.inputs) {
        input.disabled = false;
        const event = input.dataset.continuous === "1" ? "input" : "change";
        input.addEventListener(event, () => this.changed(input));
        if (input.type !== "radio" || input.checked) this.values[input.dataset.control] = read(input);
        if (input.type === "range" && event === "change")
          input.addEventListener("input", () => this.readout(input));
      }
      for (const button of element.querySelectorAll("button")) {
        button.disabled = false;
        button.addEventListener("click", () => (button.dataset.play ? this.play(button) : this.reset()));
      }
    }

    // Asks for the recording; it is shown when it arrives.
    load() {
      if (this.requested) return;
      this.requested = true;
      const script = document.createElement("script");
      script.src = this.element.dataset.src;
      script.onerror = () => this.fail();
      script.onload = () => this.recording || this.fail();
      document.head.append(script);
    }

    arrived(recording) {
      // A damaged recording throws here; script.onload then finds none and shows the notice.
      this.played = recording.outputs.map((output) => new Output(output));
      this.recording = recording;
      recording.controls.forEach((control, i) => (this.values[i] ??= control.default));
      this.restore();
      this.show();
    }

    fail() {
      this.notice.textContent = this.element.dataset.failed;
      this.notice.hidden = false;
      for (const control of this.element.querySelectorAll("input, select, button")) control.disabled = true;
    }

    changed(input) {
      this.values[input.dataset.control] = read(input);
      this.load();
      this.readout(input);
      // At once, so that it comes with the next frame; further changes before that frame are shown in it together.
      if (!this.frame) this.show();
      this.frame ??= requestAnimationFrame(() => {
        this.frame = null;
        this.show();
      });
      this.saveSoon();
    }

    reset() {
      if (!this.recording) return;
      this.stop();
      this.recording.controls.forEach((control, i) => this.set(i, control.default));
      this.show();
      this.loosen();
      this.saveSoon();
    }

    show() {
      if (!this.recording) return;
      for (const input of this.inputs) if (input.type === "range") this.readout(input);
      const before = [...this.shown];
      this.played.forEach((output, i) => {
        let state = 0;
        for (const c of output.controls) state = state * this.recording.controls[c].labels.length + this.values[c];
        if (this.shown[i] === state) return;
        this.shown[i] = state;
        // A smaller figure must not pull up the page, and the slider with it.
        this.outputs[i].style.minHeight = `${this.outputs[i].getBoundingClientRect().height}px`;
        window.MathJax?.typesetClear?.([this.outputs[i]]);
        this.outputs[i].innerHTML = output.html(state);
        typeset(this.outputs[i]);
      });
      if (before.some((state, i) => state !== null && state !== this.shown[i])) this.say();
    }

    // Outputs are as high as their content again.
    loosen() {
      for (const output of this.outputs) output.style.minHeight = "";
    }

    // What a state prints is read out once the slider rests.
    say() {
      clearTimeout(this.saying);
      this.saying = setTimeout(() => {
        const texts = this.element.querySelectorAll("pre.interact-stdout");
        this.live.textContent = [...texts].map((text) => text.textContent).join("\n");
      }, 700);
    }

    readout(input) {
      const label = this.recording?.controls[input.dataset.control].labels[input.value];
      if (label === undefined) return;
      const output = input.parentElement.querySelector("output");
      if (!output) return;
      output.textContent = label;
      input.setAttribute("aria-valuetext", label);
    }

    set(control, value) {
      this.values[control] = value;
      for (const input of this.inputs.filter((input) => input.dataset.control === String(control))) {
        if (input.type === "checkbox") input.checked = value === 1;
        else if (input.type === "radio") input.checked = Number(input.value) === value;
        else input.value = value;
      }
    }

    play(button) {
      const again = button.getAttribute("aria-pressed") === "true";
      this.stop();
      if (again) return;
      const input = button.parentElement.querySelector("input");
      button.setAttribute("aria-pressed", "true");
      if (input.value === input.max) input.value = 0;
      this.playing = setInterval(() => {
        input.value = Number(input.value) + 1;
        this.changed(input);
        if (input.value === input.max) this.stop();
      }, Number(button.dataset.play));
    }

    stop() {
      clearInterval(this.playing);
      for (const button of this.element.querySelectorAll("[data-play]")) button.setAttribute("aria-pressed", "false");
    }

    // Browsers allow few changes of the address a second.
    saveSoon() {
      clearTimeout(this.saving);
      this.saving = setTimeout(() => this.save(), 400);
    }

    // The state in the address: #interact-2:learning_rate=0.05&epochs=20. Values are what the reader sees.
    save() {
      if (!this.recording) return;
      const own = new URLSearchParams();
      this.recording.controls.forEach((control, i) => {
        if (this.values[i] !== control.default) own.set(nameOf(this.recording.controls, i), labelOf(control.labels, this.values[i]));
      });
      const others = states().filter(([id]) => id !== this.element.id);
      const all = [...others, ...(own.size ? [[this.element.id, own]] : [])];
      const hash = all.map(([id, parameters]) => `${id}:${parameters}`).join(";");
      history.replaceState(history.state, "", hash ? "#" + hash : location.pathname + location.search);
    }

    restore() {
      const own = states().find(([id]) => id === this.element.id);
      if (!own) return;
      this.recording.controls.forEach((control, i) => {
        const text = own[1].get(nameOf(this.recording.controls, i));
        const value = text === null ? control.default : valueOf(control.labels, text);
        if (value >= 0) this.set(i, value);
      });
    }
  }

  function read(input) {
    return input.type === "checkbox" ? Number(input.checked) : Number(input.value);
  }

  // In the address, names and values are what the reader sees, with a number behind where several look the same.
  function nameOf(controls, i) {
    const { name } = controls[i];
    return name && controls.every((other, k) => k === i || other.name !== name) ? name : `${name}~${i}`;
  }

  function labelOf(labels, i) {
    return labels.indexOf(labels[i]) === labels.lastIndexOf(labels[i]) ? labels[i] : `${labels[i]}~${i}`;
  }

  function valueOf(labels, text) {
    const [, label, i] = /^(.*)~(\d+)$/s.exec(text) ?? [];
    return i !== undefined && labels[i] === label ? Number(i) : labels.indexOf(text);
  }

  // Formulas that MathJax sets in the browser; those set at build time, by KaTeX for instance, need nothing.
  function typeset(element) {
    if (element.querySelector(".math")) window.MathJax?.typesetPromise?.([element])?.catch(() => {});
  }

  function states() {
    const parts = location.hash.slice(1).split(";").map((part) => /^(interact-\d+):(.*)$/.exec(part));
    return parts.filter(Boolean).map((match) => [match[1], new URLSearchParams(match[2])]);
  }

  // page.html?solo=interact-2 shows that interactive alone, as wide as the window: for slides and learning platforms.
  function solo() {
    const alone = document.getElementById(new URLSearchParams(location.search).get("solo") ?? "");
    if (!alone?.matches("[data-interact]")) return;
    document.documentElement.classList.add("interact-solo");
    alone.classList.add("interact-alone");
    for (let part = alone; part !== document.body; part = part.parentElement) {
      part.parentElement.classList.add("interact-around");
    }
  }

  function start() {
    solo();
    const near = new IntersectionObserver(
      (entries) => entries.forEach((entry) => {
        if (!entry.isIntersecting) return;
        near.unobserve(entry.target);
        figures.get(entry.target.dataset.interact).load();
      }),
      { rootMargin: "800px" },
    );
    for (const element of document.querySelectorAll("[data-interact]")) {
      figures.set(element.dataset.interact, new Figure(element));
      near.observe(element);
    }
    window.addEventListener("resize", () => figures.forEach((figure) => figure.loosen()));
    window.addEventListener("hashchange", () => {
      for (const figure of figures.values()) {
        if (!figure.recording) continue;
        figure.restore();
        figure.show();
      }
    });
    const target = states()[0];
    if (target) document.getElementById(target[0])?.scrollIntoView();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

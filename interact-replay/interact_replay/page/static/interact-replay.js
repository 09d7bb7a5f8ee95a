// Plays recordings of `interact`: slider positions → what the page shows.
// A classic script, since modules and fetch() do not work from file://; recordings arrive through <script> elements.
"use strict";
(() => {
  const figures = new Map();

  // The recording's file calls this; the key of an outdated one belongs to no figure.
  window.interactReplay = (key, outputs) => figures.get(key)?.arrived(outputs);

  // As recording.decode in Python; what can be worked out once, when the recording arrives, is kept.
  class Output {
    constructor({ controls, chunks: [{ fixed, slots, rich }] }) {
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
      this.controls = JSON.parse(element.dataset.controls);
      this.inputs = this.own("[data-control]");
      this.outputs = this.own("[data-output]");
      this.buttons = this.own(".interact-play, .interact-reset");
      this.notice = this.own(".interact-notice[role]")[0];
      this.live = element.appendChild(document.createElement("p"));
      this.live.className = "interact-live";
      this.live.setAttribute("aria-live", "polite");
      this.played = null;
      this.requested = false;
      this.values = [];
      this.shown = this.outputs.map(() => null);
      for (const input of this.inputs) {
        input.disabled = false;
        const event = input.dataset.continuous === "1" && input.type !== "number" ? "input" : "change";
        input.addEventListener(event, () => this.changed(input));
        if (input.type === "range" && event === "change") input.addEventListener("input", () => this.readout(input));
      }
      for (const button of this.buttons) {
        button.disabled = false;
        button.addEventListener("click", () => (button.dataset.play ? this.play(button) : this.reset()));
      }
      this.controls.forEach((control, i) => this.set(i, control.default));
      this.restore();
    }

    // Parts of the player; what an output holds, buttons for instance, is its own business.
    own(selector) {
      return [...this.element.querySelectorAll(selector)].filter((part) => !part.parentElement.closest("[data-output]"));
    }

    // Asks for the recording; it is shown when it arrives.
    load() {
      if (this.requested) return;
      this.requested = true;
      const script = document.createElement("script");
      script.src = this.element.dataset.src;
      script.onerror = () => this.fail();
      script.onload = () => this.played || this.fail();
      document.head.append(script);
    }

    arrived(outputs) {
      // A damaged recording throws here; script.onload then finds none and shows the notice.
      this.played = outputs.map((output) => new Output(output));
      this.show();
    }

    fail() {
      this.stop();
      this.notice.textContent = this.element.dataset.failed;
      this.notice.hidden = false;
      for (const control of [...this.inputs, ...this.buttons]) control.disabled = true;
    }

    changed(input) {
      const i = Number(input.dataset.control);
      this.set(i, this.read(i, input));
      this.load();
      // At once, so that it comes with the next frame; further changes before that frame are shown in it together.
      if (!this.frame) this.show();
      this.frame ??= requestAnimationFrame(() => {
        this.frame = null;
        this.show();
      });
      this.saveSoon();
    }

    reset() {
      this.stop();
      this.controls.forEach((control, i) => this.set(i, control.default));
      this.show();
      this.loosen();
      this.saveSoon();
    }

    show() {
      if (!this.played) return;
      const before = [...this.shown];
      this.played.forEach((output, i) => {
        let state = 0;
        for (const c of output.controls) state = state * this.controls[c].labels.length + this.values[c];
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
      const { kind, labels } = this.controls[input.dataset.control];
      if (kind === "interval") return; // its readout says both ends
      input.parentElement.querySelector("output").textContent = labels[input.value];
      input.setAttribute("aria-valuetext", labels[input.value]);
    }

    inputsOf(control) {
      return this.inputs.filter((input) => input.dataset.control === String(control));
    }

    // The number of the value that the reader has chosen with the input.
    read(control, input) {
      const { kind, labels } = this.controls[control];
      if (kind in JOINED) return JOINED[kind].read(this.inputsOf(control), input);
      if (kind === "number") return nearest(labels, input);
      return input.type === "checkbox" ? Number(input.checked) : Number(input.value);
    }

    set(control, value) {
      this.values[control] = value;
      const { kind, labels } = this.controls[control];
      const inputs = this.inputsOf(control);
      if (kind in JOINED) {
        JOINED[kind].write(inputs, value, this.controls[control]);
        return;
      }
      for (const input of inputs) {
        if (input.type === "checkbox") input.checked = value === 1;
        else if (input.type === "radio") input.checked = Number(input.value) === value;
        else if (input.type === "number") input.value = hyphen(labels[value]);
        else input.value = value;
        if (input.type === "range") this.readout(input);
      }
    }

    play(button) {
      const again = button.getAttribute("aria-pressed") === "true";
      this.stop();
      if (again) return;
      const input = button.parentElement.querySelector("input");
      const move = (value) => {
        input.value = value;
        this.changed(input);
      };
      button.setAttribute("aria-pressed", "true");
      this.load();
      if (input.value === input.max) move(0);
      this.playing = setInterval(() => {
        if (!this.played) return;
        move(Number(input.value) + 1);
        if (input.value === input.max) this.stop();
      }, Number(button.dataset.play));
    }

    stop() {
      clearInterval(this.playing);
      for (const button of this.buttons) if (button.dataset.play) button.setAttribute("aria-pressed", "false");
    }

    // Browsers allow few changes of the address a second.
    saveSoon() {
      clearTimeout(this.saving);
      this.saving = setTimeout(() => this.save(), 400);
    }

    // The state in the address: #interact-2:learning_rate=0.05&epochs=20. Values are what the reader sees.
    save() {
      const own = new URLSearchParams();
      this.controls.forEach((control, i) => {
        if (this.values[i] !== control.default) own.set(nameOf(this.controls, i), labelOf(control.labels, this.values[i]));
      });
      const all = parts().filter((part) => !part.startsWith(`${this.element.id}:`));
      if (`${own}`) all.push(`${this.element.id}:${own}`);
      history.replaceState(history.state, "", all.length ? `#${all.join(";")}` : location.pathname + location.search);
    }

    restore() {
      const own = states().find(([id]) => id === this.element.id);
      if (!own) return;
      this.controls.forEach((control, i) => {
        const text = own[1].get(nameOf(this.controls, i));
        const value = text === null ? control.default : valueOf(control.labels, text);
        if (value >= 0) this.set(i, value);
      });
    }
  }

  // Controls of several inputs: what they say together, as the number of a value, and back.
  const JOINED = {
    // The first end changes slowest; the thumb that is moved takes the other along.
    interval: {
      read([low, high], moved) {
        let [i, j] = [Number(low.value), Number(high.value)];
        if (i > j) [i, j] = moved === low ? [i, i] : [j, j];
        return i * (Number(low.max) + 1) - (i * (i - 1)) / 2 + (j - i);
      },
      write([low, high], value, { parts, labels }) {
        low.closest(".interact-control").querySelector("output").textContent = labels[value];
        let i = 0;
        for (let left = parts.length; value >= left; left--, i++) value -= left;
        [low.value, high.value] = [i, i + value];
        for (const thumb of [low, high]) thumb.setAttribute("aria-valuetext", parts[thumb.value]);
      },
    },
    // Box i is checked in the values whose number has bit i.
    multiple: {
      read: (boxes) => boxes.reduce((sum, box, i) => sum + (box.checked << i), 0),
      write: (boxes, value) => boxes.forEach((box, i) => (box.checked = Boolean((value >> i) & 1))),
    },
  };

  // A number that was typed goes to the nearest recorded one, and says so.
  function nearest(labels, input) {
    const typed = Number(input.value);
    const distances = labels.map((label) => Math.abs(numberOf(label) - typed));
    const smallest = Math.min(...distances);
    const output = input.parentElement.querySelector("output");
    output.textContent = smallest ? output.dataset.nearest : "";
    return distances.indexOf(smallest);
  }

  // In the address, names and values are what the reader sees, with a number behind where several look the same.
  function nameOf(controls, i) {
    const { name } = controls[i];
    return name && controls.every((other, k) => k === i || other.name !== name) ? name : `${name}~${i}`;
  }

  function labelOf(labels, i) {
    const label = hyphen(labels[i]);
    return labels.indexOf(labels[i]) === labels.lastIndexOf(labels[i]) ? label : `${label}~${i}`;
  }

  // Who types an address by hand need not know how many decimals the reader sees.
  function valueOf(labels, text) {
    const [, label, i] = /^(.*)~(\d+)$/s.exec(text) ?? [];
    if (i !== undefined && hyphen(labels[i] ?? "") === hyphen(label)) return Number(i);
    const same = labels.findIndex((label) => hyphen(label) === hyphen(text));
    return same >= 0 ? same : labels.findIndex((label) => numberOf(label) === numberOf(text));
  }

  function hyphen(text) {
    return text.replace("\u2212", "-");
  }

  function numberOf(text) {
    return text.trim() ? Number(hyphen(text)) : NaN;
  }

  // Formulas that MathJax sets in the browser; those set at build time, by KaTeX for instance, need nothing.
  function typeset(element) {
    if (element.querySelector(".math")) window.MathJax?.typesetPromise?.([element])?.catch(() => {});
  }

  // What the address holds: #section;interact-2:rate=0.05;interact-5:n=3
  function parts() {
    return location.hash.slice(1).split(";").filter(Boolean);
  }

  function states() {
    const found = parts().map((part) => /^(interact-\d+):(.*)$/.exec(part));
    return found.filter(Boolean).map((match) => [match[1], new URLSearchParams(match[2])]);
  }

  // A browser goes to a section itself, but not if a state follows it.
  function goTo(part) {
    try {
      document.getElementById(decodeURIComponent(part.split(":")[0]))?.scrollIntoView();
    } catch {
      // no address that a page can have
    }
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
    let width = window.innerWidth;  // on a phone, the height changes with the bars that come and go
    window.addEventListener("resize", () => {
      if (window.innerWidth !== width) figures.forEach((figure) => figure.loosen());
      width = window.innerWidth;
    });
    window.addEventListener("hashchange", () => {
      for (const figure of figures.values()) {
        figure.restore();
        figure.show();
      }
    });
    if (states().length) goTo(parts()[0]);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

// Plays recordings of `interact`: slider positions → what the page shows.
// A classic script, since modules and fetch() do not work from file://; recordings arrive through <script> elements.
// On a page of Sphinx's it has no `name`; in a piece of HTML that holds all, it is called with that of the piece's element.
((name) => {
  "use strict";
  const figures = new Map();

  // The files of a recording call this; the key of an outdated one belongs to no figure.
  if (!name) window.interactReplay = (key, ...what) => figures.get(key)?.arrived(...what);

  // As recording.decode in Python; what can be worked out once, when the chunk arrives, is kept.
  class Chunk {
    constructor({ fixed, slots, rich, pictures = [] }) {
      this.fixed = fixed;
      this.rich = rich;
      this.pictures = pictures.map((src) => Object.assign(new Image(), { src }));
      this.ready = !pictures.length;
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

    // No state is shown before that from which its pictures are drawn: none comes with a gap.
    async decode() {
      await Promise.all(this.pictures.map((picture) => picture.decode()));
      this.ready = true;
    }

    // Draws the pictures of a state, pixel for pixel; the browser makes them larger or smaller, as it does with images.
    draw(element) {
      for (const canvas of element.querySelectorAll("canvas[data-picture]")) {
        const [width, height, ...numbers] = canvas.dataset.picture.split(",").map(Number);
        Object.assign(canvas, { width, height });
        const context = canvas.getContext("2d");
        while (numbers.length) {
          const [i, x, y, w, h, left, top] = numbers.splice(0, 7);
          context.drawImage(this.pictures[i], x, y, w, h, left, top, w, h);
        }
      }
    }
  }

  class Output {
    constructor(element, { controls, chunks, length, single }) {
      Object.assign(this, { element, controls, length, single });
      this.chunks = chunks.map((chunk) => chunk && new Chunk(chunk));
      this.asked = new Set();
    }

    // The number of the state that all controls together choose.
    state(all, values) {
      if (!this.single) return this.controls.reduce((state, c) => state * all[c].labels.length + values[c], 0);
      let before = 0; // states of the controls before, without the start
      for (const c of this.controls) {
        const { labels, default: start } = all[c];
        if (values[c] !== start) return before + values[c] + (values[c] < start ? 1 : 0);
        before += labels.length - 1;
      }
      return 0;
    }

    chunkOf(state) {
      return Math.floor(state / this.length);
    }

    // Whether a chunk that the reader needed when it was asked for is still on its way.
    get waits() {
      return this.asked.has(this.awaited) && !this.chunks[this.awaited];
    }
  }

  // The inputs that say together what value a control has: one, or several thumbs, boxes or buttons.
  class Group {
    constructor(box) {
      this.inputs = [...box.querySelectorAll("[data-control]")];
      this.control = Number(this.inputs[0]?.dataset.control);
      this.output = box.querySelector("output");
    }
  }

  class Figure {
    // `inside` is the recording where the page itself holds it: what its files would call the player with.
    constructor(element, inside) {
      Object.assign(this, { element, inside });
      this.key = element.dataset.interact;
      this.controls = JSON.parse(element.dataset.controls);
      this.groups = this.own(".interact-control").map((box) => new Group(box)).filter(({ inputs }) => inputs.length);
      this.areas = this.own("[data-output]");
      this.buttons = this.own("[data-drives], .interact-reset, .interact-share");
      this.words = JSON.parse(element.dataset.words);
      this.heading = headingOf(element);
      element.setAttribute("role", "group");
      element.setAttribute("aria-label", this.heading);
      this.notice = this.own(".interact-notice[role]")[0];
      this.live = element.appendChild(document.createElement("p"));
      this.live.className = "interact-live";
      this.live.setAttribute("aria-live", "polite");
      element.style.setProperty("--interact-loading", JSON.stringify(element.dataset.loading));
      this.outputs = null;
      this.requested = false;
      this.values = [];
      this.defaults = this.controls.map((control) => control.default);
      this.complete = this.defaults; // the values at which all outputs were shown last
      for (const group of this.groups) {
        for (const input of group.inputs) {
          input.disabled = this.locked(group.control);
          const event = input.dataset.continuous === "1" && input.type !== "number" ? "input" : "change";
          input.addEventListener(event, () => this.changed(group, input));
          // Who begins to type writes a new number; a click would put the caret behind the old one. Only where the reader
          // still is: select() would call them back.
          const mark = () => input.matches(":focus") && input.select();
          if (input.type === "number") input.addEventListener("focus", () => requestAnimationFrame(mark));
          if (input.type === "range" && event === "change") input.addEventListener("input", () => this.readout(group, input));
        }
      }
      for (const button of this.buttons) {
        const { drives, play, step } = button.dataset;
        button.disabled = this.locked(drives);
        button.addEventListener("click", () => {
          if (play) this.play(button);
          else if (step) this.step(Number(drives), Number(step));
          else if (button.matches(".interact-share")) this.share(button);
          else this.reset();
        });
      }
      this.own("[role=tablist]").forEach(tabs);
      this.assign(this.defaults);
      this.restore();
    }

    // Parts of the player; what an output holds, buttons for instance, is its own business.
    own(selector) {
      return [...this.element.querySelectorAll(selector)].filter((part) => !this.element.contains(part.parentElement.closest("[data-output]")));
    }

    locked(control) {
      return Boolean(this.controls[control]?.locked);
    }

    // Asks for the recording; it is shown when it arrives.
    load() {
      if (this.requested) return;
      this.requested = true;
      if (this.inside) this.parse();
      else request(this.element.dataset.src, true, () => this.outputs || this.fail());
    }

    // In the page chunks are kept as they are until one of them is needed, too: there may be hundreds of pictures in them.
    parse() {
      try {
        this.inside = JSON.parse(this.inside.textContent);
        this.arrived(...this.inside[0]);
      } catch {
        this.fail();
      }
    }

    // Asks for a chunk, once. Of those that the reader needs only one is on its way at a time: on a slow line the last
    // one need not wait for all that a slider has passed.
    ask(k, c, needed) {
      const output = this.outputs[k];
      if (output.chunks[c] || (needed && output.waits) || !figures.has(this.key)) return;
      if (needed) output.awaited = c;
      if (output.asked.has(c)) return;
      output.asked.add(c);
      if (this.inside) return void this.arrived(...this.inside.find((call) => call[1] === k && call[2] === c));
      request(this.element.dataset.src.replace(/\.js(?=\?)/, `-${k}-${c}.js`), needed, () => {
        if (output.chunks[c]) return;
        output.asked.delete(c);
        if (output.chunkOf(output.state(this.controls, this.values)) === c) this.fail();
        else if (output.awaited === c) this.show();
      });
    }

    // The recording, or a chunk of an output. A damaged one throws here; then it is missing when its file has come.
    arrived(what, k, c) {
      if (k !== undefined) {
        this.outputs[k].chunks[c] = new Chunk(what);
        this.decode([this.outputs[k].chunks[c]]);
      } else {
        let number = 0;
        const area = (i) => this.areas.find(({ dataset }) => dataset.output === String(i));
        this.outputs = what.outputs.map((output, i) => new Output(area(i), output));
        this.decode(this.outputs.flatMap(({ chunks }) => chunks));
        this.reached = what.reached?.map((step) => (number += step));
        this.sets = what.sets;
        this.shown = this.outputs.map((output) => output.state(this.controls, this.defaults));
        const settled = this.settled(this.values, this.moved);
        // A number that is being typed stays in its box.
        if (settled.some((value, control) => value !== this.values[control])) this.assign(settled);
      }
      this.show();
    }

    decode(chunks) {
      for (const chunk of chunks) if (chunk?.ready === false) chunk.decode().then(() => this.show(), () => this.fail());
    }

    // What is on the page stays, with the values that it shows.
    fail() {
      figures.delete(this.key);
      this.stop();
      this.assign(this.complete);
      this.show();
      this.notice.textContent = this.element.dataset.failed;
      this.notice.hidden = false;
      for (const area of this.areas) area.removeAttribute("aria-busy");
      for (const control of [...this.groups.flatMap(({ inputs }) => inputs), ...this.buttons]) control.disabled = true;
    }

    changed(group, input) {
      const typed = input.value;
      this.move(group.control, this.read(group, input));
      if (input.type !== "number") return;
      const other = typed !== "" && numberOf(typed) !== numberOf(input.value);
      group.output.textContent = other ? group.output.dataset.nearest : "";
    }

    move(control, value) {
      this.moved = control;
      this.choose(this.after(control, value));
    }

    step(control, by) {
      const last = this.controls[control].labels.length - 1;
      this.move(control, Math.min(Math.max(this.values[control] + by, 0), last));
    }

    reset() {
      this.stop();
      this.choose(this.defaults);
      this.show();
      this.loosen();
    }

    choose(values) {
      this.begun = true;
      if (figures.has(this.key)) this.notice.hidden = true; // else it says why nothing moves
      this.assign(values);
      this.load();
      // At once, so that it comes with the next frame; further changes before that frame are shown in it together.
      if (!this.frame) this.show();
      this.frame ??= requestAnimationFrame(() => {
        this.frame = null;
        this.show();
      });
      this.saveSoon();
    }

    // The values of all controls after one of them has been moved.
    after(control, value) {
      const values = [...this.values];
      values[control] = value;
      for (const [other, given] of Object.entries(this.sets?.[control] ?? {})) {
        if (value !== this.values[control]) values[other] = given[value] ?? values[other];
      }
      return this.settled(values, control);
    }

    // Where an output allows only one control to be away from its start, the others go back to it; and a combination
    // that does not exist goes to the one that Jupyter would show.
    settled(values, moved) {
      values = [...values];
      for (const { single, controls } of this.outputs ?? []) {
        if (!single) continue;
        const away = controls.includes(moved) ? moved : controls.find((c) => values[c] !== this.defaults[c]);
        for (const c of controls) if (c !== away) values[c] = this.defaults[c];
      }
      if (this.reached) {
        let number = this.reached[this.controls.reduce((sum, { labels }, c) => sum * labels.length + values[c], 0)];
        for (let c = values.length - 1; c >= 0; c--) {
          const { length } = this.controls[c].labels;
          values[c] = number % length;
          number = Math.floor(number / length);
        }
      }
      return values;
    }

    show() {
      if (!this.outputs) {
        for (const area of this.areas) area.setAttribute("aria-busy", "true");
        return;
      }
      let changed = false;
      this.outputs.forEach((output, k) => {
        const state = output.state(this.controls, this.values);
        const c = output.chunkOf(state);
        this.ask(k, c, true);
        const { element, chunks } = output;
        const busy = this.shown[k] !== state && !chunks[c]?.ready;
        if (busy) element.setAttribute("aria-busy", "true");
        else element.removeAttribute("aria-busy");
        if (busy || this.shown[k] === state) return;
        this.shown[k] = state;
        changed = true;
        // A smaller figure must not pull up the page, and the slider with it.
        element.style.minHeight = `${element.getBoundingClientRect().height}px`;
        window.MathJax?.typesetClear?.([element]);
        element.innerHTML = chunks[c].html(state % output.length);
        chunks[c].draw(element);
        typeset(element);
        run(element);
      });
      if (changed && this.begun) this.say();
      if (!this.busy) this.complete = [...this.values];
      this.prefetch();
    }

    get busy() {
      return !this.outputs || this.areas.some((area) => area.hasAttribute("aria-busy"));
    }

    // What is one step away is there before the reader takes that step.
    prefetch() {
      const here = (output) => output.chunkOf(output.state(this.controls, this.values));
      if (!this.outputs.every((output) => output.chunks[here(output)])) return;
      this.controls.forEach(({ labels, locked }, control) => {
        for (const value of [this.values[control] - 1, this.values[control] + 1]) {
          if (locked || !(value in labels)) continue;
          const next = this.after(control, value);
          this.outputs.forEach((output, k) => this.ask(k, output.chunkOf(output.state(this.controls, next)), false));
        }
      });
    }

    // What a reader may take along: the address of this state, HTML that shows it in another page, its pictures.
    share(button) {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      if (!open) return void (this.panel = this.panel.close());
      const { words } = this;
      const [address, code] = [field(words.address, words), field(words.embed, words)];
      const frame = document.createElement("iframe");
      const width = Math.max(640, Math.ceil(this.element.offsetWidth));
      let height = Math.ceil(this.element.offsetHeight);
      const fill = () => {
        address.text.value = this.address();
        const quoted = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
        code.text.value =
          `<iframe src="${quoted(this.address(true))}" title="${quoted(this.heading)}" width="${width}" height="${height}" ` +
          'style="max-width: 100%; border: 0" loading="lazy"></iframe>';
      };
      // How high it is alone, at this width: a frame that nobody sees shows it, and says so.
      const heard = ({ source, data }) => {
        if (source !== frame.contentWindow || data?.interactReplay !== this.element.id) return;
        height = data.height;
        fill();
      };
      window.addEventListener("message", heard);
      Object.assign(frame, { className: "interact-measure", src: this.address(true, location.href), width, tabIndex: -1, inert: true });
      const rest = this.pictures().map((picture, i, { length }) =>
        make("button", words.picture + (length > 1 ? ` ${i + 1}` : ""), () => download(picture, `${this.element.id}${i ? `-${i + 1}` : ""}`)),
      );
      if (navigator.share) {
        rest.push(make("button", words.send, () => navigator.share({ title: this.heading, url: this.address() }).catch(() => {})));
      }
      const panel = make("div");
      panel.className = "interact-panel";
      panel.append(address.label, address.copy, code.label, code.copy, ...rest, frame);
      panel.addEventListener("keydown", ({ key }) => {
        if (key !== "Escape") return;
        this.share(button);
        button.focus();
      });
      button.after(panel);
      fill();
      const close = () => (panel.remove(), window.removeEventListener("message", heard));
      this.panel = { fill, close };
    }

    pictures() {
      return [...this.element.querySelectorAll(".interact-figure > :is(svg, canvas, img)")];
    }

    // The page in this state, or the interactive alone. From disk, where the page says that it has a place on the web, that.
    address(alone, page) {
      const published = location.protocol === "file:" && document.querySelector("link[rel=canonical]")?.href;
      const url = new URL(page ?? (published || location.href));
      const { own } = this.state();
      url.search = url.search.replace(/[?&]solo=.*/, ""); // what follows it is meant for the interactive alone
      if (alone) url.searchParams.set("solo", this.element.id);
      url.hash = `${this.element.id}${`${own}` && `:${own}`}`;
      return url.href;
    }

    // Outputs are as high as their content again.
    loosen() {
      for (const area of this.areas) area.style.minHeight = "";
    }

    // What a state prints is read out once the slider rests.
    say() {
      clearTimeout(this.saying);
      this.saying = setTimeout(() => {
        const texts = this.element.querySelectorAll("pre.interact-stdout");
        this.live.textContent = [...texts].map((text) => text.textContent).join("\n");
      }, 700);
    }

    readout({ control, output }, input) {
      const { kind, labels } = this.controls[control];
      if (kind === "interval") return; // its readout says both ends
      output.textContent = labels[input.value];
      input.setAttribute("aria-valuetext", labels[input.value]);
    }

    // The number of the value that the reader has chosen with the input.
    read({ control, inputs }, input) {
      const { kind, labels } = this.controls[control];
      if (kind in JOINED) return JOINED[kind].read(inputs, input);
      if (input.type === "number") return input.value === "" ? this.values[control] : nearest(labels, Number(input.value));
      return input.type === "checkbox" ? Number(input.checked) : Number(input.value);
    }

    assign(values) {
      values.forEach((value, control) => this.set(control, value));
    }

    set(control, value) {
      this.values[control] = value;
      const { kind, labels } = this.controls[control];
      for (const group of this.groups.filter((one) => one.control === control)) {
        if (kind in JOINED) {
          JOINED[kind].write(group, value, this.controls[control]);
          continue;
        }
        for (const input of group.inputs) {
          if (input.type === "checkbox") input.checked = value === 1;
          else if (input.type === "radio") input.checked = Number(input.value) === value;
          else if (input.type === "number") [input.value, group.output.textContent] = [hyphen(labels[value]), ""];
          else input.value = value;
          if (input.type === "range") this.readout(group, input);
        }
      }
    }

    play(button) {
      const again = button.getAttribute("aria-pressed") === "true";
      this.stop();
      if (again) return;
      const control = Number(button.dataset.drives);
      const last = this.controls[control].labels.length - 1;
      let blocked = false; // another control may set it an end
      button.setAttribute("aria-pressed", "true");
      if (this.values[control] === last) this.move(control, 0);
      else this.load();
      this.playing = setInterval(() => {
        if (this.busy) return;
        const before = this.values[control];
        const next = blocked || before === last ? 0 : before + 1;
        this.move(control, next);
        blocked = next > before && this.values[control] <= before;
        if ((blocked || this.values[control] === last) && !("repeat" in button.dataset)) this.stop();
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
    // What a page marks as private, the answer to a question for instance, goes to data-kept instead; the page may store it.
    save() {
      const { own, kept } = this.state();
      this.panel?.fill();
      const all = parts().filter((part) => !part.startsWith(`${this.element.id}:`));
      if (`${own}`) all.push(`${this.element.id}:${own}`);
      const address = all.length ? `#${all.join(";")}` : location.pathname + location.search;
      // Slides keep there which one is shown, and would not find it again.
      if (!location.hash.startsWith("#/")) history.replaceState(history.state, "", address);
      if (`${kept}` === (this.element.dataset.kept ?? "")) return;
      this.element.dataset.kept = kept;
      this.element.dispatchEvent(new Event("interact-kept", { bubbles: true }));
    }

    state() {
      const [own, kept] = [new URLSearchParams(), new URLSearchParams()];
      this.controls.forEach((control, i) => {
        const chosen = this.private(i) ? kept : own;
        if (this.values[i] !== control.default) chosen.set(nameOf(this.controls, i), labelOf(control.labels, this.values[i]));
      });
      return { own, kept };
    }

    private(i) {
      return this.groups.some(({ control, inputs }) => control === i && inputs.some(({ dataset }) => "private" in dataset));
    }

    restore() {
      const own = states().find(([id]) => id === this.element.id)?.[1];
      const kept = new URLSearchParams(this.element.dataset.kept);
      if (!own && !`${kept}`) return;
      const [chosen, unknown] = [new Map(), []];
      for (const [name, text] of own ?? []) {
        const i = named(this.controls, name);
        const value = this.controls[i]?.locked ? -1 : valueOf(this.controls[i]?.labels ?? [], text);
        if (value >= 0) chosen.set(i, value);
        else unknown.push(`${name}=${text}`);
      }
      this.controls.forEach((control, i) => {
        const before = kept.get(nameOf(this.controls, i));
        const value = before === null ? -1 : valueOf(control.labels, before);
        if (!control.locked) this.set(i, chosen.get(i) ?? (value >= 0 ? value : control.default));
      });
      this.notice.textContent = `${this.words.unknown} ${unknown.join(", ")}`;
      this.notice.hidden = !unknown.length;
      this.assign(this.settled(this.values));
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
      write({ inputs: [low, high], output }, value, { parts, labels }) {
        output.textContent = labels[value];
        let i = 0;
        for (let left = parts.length; value >= left; left--, i++) value -= left;
        [low.value, high.value] = [i, i + value];
        for (const thumb of [low, high]) thumb.setAttribute("aria-valuetext", parts[thumb.value]);
      },
    },
    // Box i is checked in the values whose number has bit i.
    multiple: {
      read: (boxes) => boxes.reduce((sum, box, i) => sum + (box.checked << i), 0),
      write: ({ inputs }, value) => inputs.forEach((box, i) => (box.checked = Boolean((value >> i) & 1))),
    },
  };

  // The recorded value that is nearest to a number.
  function nearest(labels, number) {
    const distances = labels.map((label) => Math.abs(numberOf(label) - number));
    return distances.indexOf(Math.min(...distances));
  }

  // In the address, names and values are what the reader sees, with a number behind where several look the same.
  function nameOf(controls, i) {
    const { name } = controls[i];
    return name && controls.every((other, k) => k === i || other.name !== name) ? name : `${name}~${i}`;
  }

  // The control that an address names: as the player does, or nearly so, or by its label.
  function named(controls, name) {
    const names = controls.map((control, i) => nameOf(controls, i));
    if (names.includes(name)) return names.indexOf(name);
    const like = [...controls.keys()].filter((i) => [names[i], controls[i].label ?? ""].map(fold).includes(fold(name)));
    return like.length === 1 ? like[0] : -1;
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
    const number = numberOf(fold(text).replace(",", "."));
    const equal = labels.findIndex((label) => numberOf(label) === number);
    return same >= 0 ? same : equal >= 0 ? equal : labels.findIndex((label) => fold(label) === fold(text) && fold(text));
  }

  function hyphen(text) {
    return text.replace("\u2212", "-");
  }

  // As people write it: without accents, whatever the case, the spaces and the dashes.
  function fold(text) {
    const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[\p{Pd}\u2212]/gu, "-");
    return plain.toLowerCase().replace(/[\s_]+/g, " ").replace(/:$/, "").trim();
  }

  function numberOf(text) {
    return text.trim() ? Number(hyphen(text)) : NaN;
  }

  // Formulas that MathJax sets in the browser; those set at build time, by KaTeX for instance, need nothing.
  function typeset(element) {
    if (!element.querySelector(".math")) return;
    const { MathJax, renderMathInElement } = window;
    if (MathJax?.Hub) MathJax.Hub.Queue(["Typeset", MathJax.Hub, element]); // MathJax 2, as in the pages of nbconvert
    else if (MathJax?.typesetPromise) MathJax.typesetPromise([element])?.catch(() => {});
    else renderMathInElement?.(element); // KaTeX's
  }

  // Scripts of a state that has been put in the page; the parser runs only those of the page itself.
  async function run(element) {
    for (const script of element.querySelectorAll("script")) {
      const live = document.createElement("script");
      for (const { name, value } of script.attributes) live.setAttribute(name, value);
      live.textContent = script.textContent;
      const done = live.src && new Promise((resolve) => (live.onload = live.onerror = resolve));
      script.replaceWith(live);
      await done;
    }
  }

  // Files arrive through <script> elements; `then` looks whether what was in it has come.
  function request(src, needed, then) {
    const script = document.createElement("script");
    script.src = src;
    script.fetchPriority = needed ? "high" : "low";
    script.onload = script.onerror = then;
    document.head.append(script);
  }

  // Tabs as WAI-ARIA has them; where there is no player, their parts stand one below the other, each with its title.
  function tabs(list) {
    const all = [...list.children];
    const choose = (chosen) => {
      for (const tab of all) {
        tab.setAttribute("aria-selected", String(tab === chosen));
        tab.tabIndex = tab === chosen ? 0 : -1;
        list.getRootNode().getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
      }
    };
    for (const tab of all) tab.addEventListener("click", () => choose(tab));
    list.addEventListener("keydown", (event) => {
      const { length } = all;
      const at = all.indexOf(event.target);
      const to = { ArrowLeft: at + length - 1, ArrowRight: at + 1, Home: 0, End: length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose(all[to % length]);
      all[to % length].focus();
    });
    choose(list.querySelector("[aria-selected=true]"));
    list.hidden = false;
  }

  // What the address holds: #section;interact-2:rate=0.05;interact-5:n=3
  function parts() {
    return location.hash.slice(1).split(";").filter(Boolean);
  }

  function states() {
    const found = parts().map((part) => /^(interact-[\w-]+):(.*)$/.exec(part));
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

  function make(tag, text = "", click) {
    const element = Object.assign(document.createElement(tag), { textContent: text });
    if (click) element.type = "button";
    if (click) element.addEventListener("click", click);
    return element;
  }

  // A text to be copied. Where the page may not do that, it is selected, and the reader's keys do.
  function field(name, words) {
    const [label, text] = [make("label", name), Object.assign(make("textarea"), { readOnly: true, rows: 2 })];
    const copy = make("button", words.copy, async () => {
      text.focus();
      text.select();
      const done = await Promise.resolve(navigator.clipboard?.writeText(text.value)).then(
        () => navigator.clipboard || document.execCommand("copy"),
        () => document.execCommand("copy"),
      );
      copy.textContent = done ? words.copied : words.selected;
    });
    copy.title = name;
    copy.setAttribute("aria-live", "polite");
    copy.addEventListener("blur", () => (copy.textContent = words.copy));
    label.append(text);
    return { label, text, copy };
  }

  // Writes a picture as a file that is the same everywhere: with its colours, on light paper where the theme has a light side.
  async function download(picture, name) {
    const { dataset } = document.documentElement;
    const { theme } = dataset;
    if (theme) dataset.theme = "light";
    const style = getComputedStyle(picture);
    let paper = "#fff";
    for (let part = picture; part; part = part.parentElement) {
      const { backgroundColor } = getComputedStyle(part);
      if (!/^transparent$|, 0\)$/.test(backgroundColor)) part = (paper = backgroundColor) && document.documentElement;
    }
    let blob;
    if (picture.localName === "svg") {
      const copy = picture.cloneNode(true);
      const { width, height, x, y } = picture.viewBox.baseVal;
      const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [key, value] of Object.entries({ x, y, width, height, fill: paper })) ground.setAttribute(key, value);
      copy.prepend(ground);
      copy.setAttribute("width", `${width}pt`);
      copy.setAttribute("height", `${height}pt`);
      copy.style.color = style.color;
      const text = new XMLSerializer().serializeToString(copy);
      blob = new Blob([text.replace(/var\((--[\w-]+)[^)]*\)/g, (_, key) => style.getPropertyValue(key))], { type: "image/svg+xml" });
    }
    if (theme) dataset.theme = theme;
    if (!blob) {
      const [width, height] = [picture.naturalWidth ?? picture.width, picture.naturalHeight ?? picture.height];
      const canvas = Object.assign(make("canvas"), { width, height });
      const context = canvas.getContext("2d");
      context.fillStyle = paper;
      context.fillRect(0, 0, width, height);
      context.drawImage(picture, 0, 0);
      blob = await new Promise((resolve) => canvas.toBlob(resolve));
    }
    const page = location.pathname.split("/").pop().replace(/\.\w+$/, "");
    const link = make("a");
    Object.assign(link, { href: URL.createObjectURL(blob), download: `${page}-${name}.${blob.type.slice(6, 9)}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  // What stands above it: the name of an interactive for who does not see where it stands, and of one alone.
  function headingOf(element) {
    const place = element.getRootNode().host ?? element;
    const before = (heading) => heading.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING;
    const heading = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(before).pop()?.cloneNode(true);
    for (const extra of heading?.querySelectorAll(".headerlink, .anchor-link, .katex-mathml") ?? []) extra.remove();
    return heading?.textContent.trim() || document.title;
  }

  // page.html?solo=interact-2 shows that interactive alone, as wide as the window: for slides and learning platforms.
  // It has a title and the way to its place; in a frame it tells the page around how high it is.
  function solo(figure) {
    const { element, heading } = figure;
    if (new URLSearchParams(location.search).get("solo") !== element.id || element.matches(".interact-alone")) return;
    document.documentElement.classList.add("interact-solo");
    element.classList.add("interact-alone");
    for (let part = element; part && part !== document.body; part = part.parentElement) {
      part.parentElement?.classList.add("interact-around");
    }
    const [title, source, link] = [make("h1", heading), make("p"), make("a", document.title)];
    title.className = "interact-heading";
    source.className = "interact-source";
    const framed = window.parent !== window;
    Object.assign(link, { href: figure.address(), target: framed ? "_blank" : "" });
    link.addEventListener("click", () => (link.href = figure.address()));
    const license = document.querySelector("link[rel=license]");
    source.append(link);
    if (license) source.append(" · ", Object.assign(make("a", license.title), { href: license.href, target: link.target }));
    element.prepend(title);
    element.append(source);
    document.title = `${heading} — ${document.title}`;
    figure.load();
    if (!framed) return;
    document.documentElement.classList.add("interact-framed");
    const height = () => Math.ceil(element.getBoundingClientRect().bottom + window.scrollY);
    new ResizeObserver(() => window.parent.postMessage({ interactReplay: element.id, height: height() }, "*")).observe(element);
  }

  const near = new IntersectionObserver(
    (entries) => entries.forEach((entry) => {
      if (!entry.isIntersecting) return;
      near.unobserve(entry.target);
      figures.get(entry.target.dataset.interact)?.load();
    }),
    { rootMargin: "800px" },
  );

  function begin(figure) {
    figures.set(figure.key, figure);
    solo(figure);
    near.observe(figure.element);
  }

  // Stands behind an interactive and its recording in a piece of HTML, wherever and whenever that is put: at the load of
  // the page or later, in the page itself or in a shadow tree; twice, too, and taken away.
  class Piece extends HTMLElement {
    static copies = new Map();

    connectedCallback() {
      adopt(this.getRootNode(), this.parentElement.querySelector("style"));
      this.figure ??= this.made();
      begin(this.figure);
    }

    disconnectedCallback() {
      this.figure.stop();
      figures.delete(this.figure.key);
    }

    made() {
      const element = this.parentElement.querySelector("[data-interact]");
      const { id } = element;
      const copy = Piece.copies.get(id) ?? 0;
      Piece.copies.set(id, copy + 1);
      if (copy) rename(this.parentElement, id, `${id}-copy${copy}`);
      // Slides and notebooks have keys of their own for what moves a control here.
      element.addEventListener("keydown", (event) => event.key === "Escape" || event.stopPropagation());
      return new Figure(element, this.previousElementSibling);
    }
  }

  // Labels, radio buttons and tabs of a copy refer to its own parts.
  function rename(box, from, to) {
    for (const part of box.querySelectorAll(`[data-interact], [id^=${from}], [for^=${from}], [name^=${from}]`)) {
      for (const attribute of part.attributes) {
        if (attribute.value.startsWith(from)) attribute.value = to + attribute.value.slice(from.length);
      }
    }
  }

  // One sheet for all pieces in the document or in a shadow tree; their own are for pages without JavaScript.
  const sheet = name && new CSSStyleSheet();

  function adopt(root, style) {
    if (!sheet.cssRules.length) sheet.replaceSync(style.textContent);
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    style.media = "not all";
  }

  function start() {
    for (const element of name ? [] : document.querySelectorAll("[data-src][data-interact]")) {
      begin(new Figure(element));
    }
    // A section that is in the address comes before what was moved, and of that the last is the newest.
    const [first] = parts();
    const alone = document.documentElement.classList.contains("interact-solo");
    if (states().length && !alone) goTo(/^interact-[\w-]+:/.test(first) ? parts().pop() : first);
  }

  let width = window.innerWidth;  // on a phone, the height changes with the bars that come and go
  window.addEventListener("resize", () => {
    if (window.innerWidth !== width) figures.forEach((figure) => figure.loosen());
    width = window.innerWidth;
  });
  window.addEventListener("hashchange", () => {
    for (const figure of figures.values()) {
      figure.restore();
      figure.begun = true;
      if (figure.outputs) figure.show();
    }
  });
  if (name) customElements.define(name, Piece);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

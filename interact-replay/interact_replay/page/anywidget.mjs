// Behind `const html = "…"`, a piece of HTML that holds an interactive: a module of the form that mystmd's directive
// `{anywidget}` imports. The parser runs no script of what is inserted; a copy of it runs.
export default {
  render({ el }) {
    const box = document.createElement("div");
    box.innerHTML = html;
    el.append(box);
    for (const script of box.querySelectorAll("script:not([type])")) {
      const live = document.createElement("script");
      live.textContent = script.textContent;
      script.replaceWith(live);
    }
    return () => box.remove();
  },
};

"use strict";
// For editors: the frame and the lines to copy follow every change of the form. Without this, the form's button does that.
(() => {
  const form = document.getElementById("editor");
  const frame = document.getElementById("preview");
  const lines = document.getElementById("lines");
  if (!form || !frame || !lines) return;
  const shown = JSON.parse(form.dataset.shown), leftOut = JSON.parse(form.dataset.leftOut), looks = form.dataset.looks.split(" ");
  const escaped = (text) => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

  function query() {
    const names = [...shown[form.elements.show.value], ...looks];
    const parts = names.map((name) => [name, form.elements[name].value.trim()]);
    parts.push(["lang", form.elements.language.value]);
    return new URLSearchParams(parts.filter(([name, value]) => value && value !== leftOut[name])).toString();
  }

  // What the frame is about, in words that the list has; its language is the reader's here.
  function title() {
    const show = form.elements.show.value;
    if (show === "education") return form.elements.education.selectedOptions[0].text;
    return show === "preset" ? `${form.dataset.title} ${form.elements.preset.selectedOptions[0].text.split(":")[0]}` : form.dataset.title;
  }

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      frame.src = `${form.dataset.frame}?${query()}`;
      frame.title = title();
      lines.value = lines.dataset.template.replace("QUERY", () => escaped(query())).replace("TITLE", () => escaped(title()));
      document.getElementById("stale").hidden = false;
    }, 600);
  });
})();

"use strict";
// The page works without this: it adds looking up a time, copying, and links that hold a question in their fragment.
(() => {
  const PREFIX = "#v1.";

  function decode(hash) {
    try {
      const text = hash.slice(PREFIX.length).replace(/-/g, "+").replace(/_/g, "/");
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return "{"; // not readable: the server says so
    }
  }

  function follow() {
    const form = document.getElementById("permalink");
    if (!form || !location.hash.startsWith(PREFIX)) return false;
    form.elements.request.value = decode(location.hash);
    form.submit();
    return true;
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  // The longest curve of the page, so that two cases have one axis. [h]
  function longest() {
    const sources = document.querySelectorAll('script[type="application/json"]');
    return Math.max(...[...sources].map((source) => JSON.parse(source.textContent).curve.time_h.at(-1) ?? 0));
  }

  function live(figure) {
    const ident = figure.dataset.live;
    const source = document.getElementById(`${ident}-data`);
    if (!source) return;
    const { curve, said, marks: named, unit_h: scale, axis: name, percent, language } = JSON.parse(source.textContent);
    if (!window.uPlot || curve.time_h.length < 2) return;
    const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1, useGrouping: "min2" });

    const panel = document.createElement("div");
    panel.className = "live";
    const label = document.createElement("label");
    label.htmlFor = `${ident}-time`;
    label.textContent = figure.dataset.label || document.getElementById("lookup").textContent;
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", id: `${ident}-time`, min: 0, max: curve.time_h.length - 1, step: 1, value: 0 });
    const output = document.createElement("output");
    output.htmlFor = slider.id;
    panel.append(label, slider, output);
    figure.append(panel);

    const drawing = figure.querySelector(".drawing");
    const room = document.createElement("div");
    room.className = "canvas";
    room.setAttribute("aria-hidden", "true");
    let plot = null;
    let moving = false;

    function show(i) {
      slider.setAttribute("aria-valuetext", said[i]);
      if (output.textContent !== said[i]) output.textContent = said[i];
    }

    // The named points of the drawing, on the canvas too.
    function marks(u) {
      const ratio = devicePixelRatio, right = u.bbox.left + u.bbox.width;
      const roomy = u.width >= 420; // else the sentences above say it
      u.ctx.save();
      u.ctx.setLineDash([]);
      u.ctx.font = `600 ${13 * ratio}px system-ui, sans-serif`;
      u.ctx.lineWidth = 2.5 * ratio;
      for (const mark of named) {
        const x = u.valToPos(mark.x / scale, "x", true), y = u.valToPos(mark.y, "y", true);
        const late = x + u.ctx.measureText(mark.label).width + 14 * ratio > right;
        u.ctx.beginPath();
        u.ctx.arc(x, y, 4.5 * ratio, 0, 7);
        u.ctx.fillStyle = u.ctx.strokeStyle = colour("--paper");
        u.ctx.fill();
        u.ctx.textAlign = late ? "right" : "left";
        const at = late ? [right, y - 22 * ratio] : [x + 11 * ratio, y - 7 * ratio];
        u.ctx.lineWidth = 4 * ratio;
        if (roomy) u.ctx.strokeText(mark.label, ...at);
        u.ctx.lineWidth = 2.5 * ratio;
        u.ctx.strokeStyle = colour("--accent");
        u.ctx.stroke();
        u.ctx.fillStyle = colour("--ink");
        if (roomy) u.ctx.fillText(mark.label, ...at);
      }
      u.ctx.restore();
    }

    function draw() {
      if (plot) plot.destroy();
      const width = Math.max(drawing.clientWidth || figure.clientWidth, 240);
      const ink = colour("--ink"), accent = colour("--accent"), rule = colour("--rule");
      const axis = { stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule }, font: "13px system-ui, sans-serif" };
      plot = new uPlot({
        width, height: Math.round(Math.max(220, Math.min(320, width * 0.45))),
        legend: { show: false }, scales: { x: { time: false, range: [0, longest() / scale] }, y: { range: [0, 1.02] } },
        cursor: { drag: { x: false, y: false }, y: false, focus: { prox: 1e6 } },
        axes: [
          { ...axis, label: name, labelFont: axis.font, labelSize: 22, values: (u, at) => at.map((v) => number.format(v)) },
          { ...axis, size: 62, values: (u, at) => at.map((v) => (v <= 1 ? percent.replace("%s", number.format(100 * v)) : "")) },
        ],
        series: [
          {},
          { stroke: accent, width: 2.5, points: { show: false } },
          { stroke: accent, width: 1, dash: [2, 4], points: { show: false } },
          { stroke: accent, width: 1, dash: [2, 4], points: { show: false } },
        ],
        bands: [{ series: [3, 2], fill: `${accent}2e` }],
        hooks: {
          draw: [marks],
          setCursor: [(u) => {
            if (moving || u.cursor.idx == null || u.cursor.left < 0) return;
            output.setAttribute("aria-live", "off"); // a mouse is not announced, the slider is
            slider.value = u.cursor.idx;
            show(u.cursor.idx);
          }],
        },
      }, [curve.time_h.map((t) => t / scale), curve.probability_positive, curve.low, curve.high], room);
    }

    function move() {
      const i = Number(slider.value);
      output.setAttribute("aria-live", "polite");
      show(i);
      moving = true;
      plot.setCursor({ left: plot.valToPos(plot.data[0][i], "x"), top: plot.valToPos(plot.data[1][i], "y") });
      moving = false;
    }

    // It starts where the falling chance passes one half; of a chance that never reaches it, at the highest.
    const chances = curve.probability_positive;
    let half = chances.findLastIndex((p) => p >= 0.5) + 1;
    if (half === 0 || half === chances.length) half = chances.lastIndexOf(Math.max(...chances));
    slider.value = half;
    drawing.after(room);
    draw();
    for (const svg of drawing.querySelectorAll("svg")) svg.classList.add("printed"); // paper keeps the drawing
    figure.classList.add("enhanced");
    show(half);
    slider.addEventListener("input", move);
    let wide = room.clientWidth, waiting = 0;
    new ResizeObserver(() => {
      if (Math.abs(room.clientWidth - wide) < 2) return;
      wide = room.clientWidth;
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(draw);
    }).observe(room);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  }

  function copying(place) {
    const text = place.querySelector("textarea, pre");
    const words = document.getElementById("copy-words");
    if (!navigator.clipboard || !words) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.textContent;
    button.setAttribute("aria-label", `${words.textContent}: ${text.getAttribute("aria-label")}`);
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.value ?? text.textContent);
      said.textContent = ` ${words.dataset.done}`;
    });
    place.append(button, said);
  }

  // Lists offer what fits a substance of the fields they name: their options say for which substances they are.
  function offer(form) {
    const fitsTo = (...substances) => (node) => !node.dataset.for || substances.some((one) => node.dataset.for.split(" ").includes(one));
    for (const select of document.querySelectorAll("select[data-by-substance]")) {
      const chosen = select.value, fits = fitsTo(...select.dataset.bySubstance.split(" ").map((name) => form.elements[name].value));
      select.all ??= [...select.options];
      const groups = new Map();
      for (const option of select.all) {
        if (!fits(option)) continue;
        const name = option.dataset.group || "";
        groups.set(name, [...(groups.get(name) || []), option]);
      }
      const nodes = [...groups].flatMap(([name, options]) => {
        if (!name) return options;
        const group = document.createElement("optgroup");
        group.label = name;
        group.append(...options);
        return [group];
      });
      select.replaceChildren(...nodes);
      if ([...select.options].some((option) => option.value === chosen)) select.value = chosen;
      else select.selectedIndex = Math.min(Number(select.dataset.nth || 0), select.options.length - 1);
      if ("optional" in select.dataset) select.closest(".field").hidden = select.options.length < 2;
    }
    const fits = fitsTo(form.elements.substance.value);
    for (const node of document.querySelectorAll("label[data-for], #education")) node.hidden = !fits(node);
    for (const node of document.querySelectorAll("label[data-for][hidden] input")) node.checked = false;
    const medicines = document.getElementById("medicines");
    if (medicines) medicines.hidden = !medicines.querySelector("label:not([hidden])");
    const parameters = document.getElementById("parameters");
    if (!parameters) return;
    parameters.all ??= [...parameters.children];
    parameters.replaceChildren(...(fits(parameters) ? parameters.all : []));
  }

  // Fields are there, and open, when another field asks for them.
  function showNeeded(form) {
    for (const part of form.querySelectorAll("[data-when]")) {
      const needed = part.dataset.when.split(" ").some((rule) => {
        const [names, value] = rule.split("=");
        return names.split(":").map((name) => form.elements[name].value).join(":") === value;
      });
      part.hidden = !needed && !part.querySelector(".faulty");
      if (needed && part.tagName === "DETAILS") part.open = true;
    }
  }

  function addRow(form, button) {
    const rows = document.getElementById(button.dataset.add);
    const i = rows.children.length;
    if (i >= Number(rows.dataset.most)) return;
    const row = rows.lastElementChild.cloneNode(true);
    const swap = (text) => text.replace(/_\d+/, `_${i}`);
    const number = (text) => text.replace(/\d+/, (n) => Number(n) + 1);
    row.querySelector("legend").textContent = number(row.querySelector("legend").textContent);
    for (const fault of row.querySelectorAll(".fault")) fault.remove();
    for (const field of row.querySelectorAll(".faulty")) field.classList.remove("faulty");
    for (const label of row.querySelectorAll("label")) label.htmlFor = swap(label.htmlFor);
    for (const field of row.querySelectorAll("input, select")) {
      field.all = form.elements[field.name].all?.map((option) => option.cloneNode(true));
      field.id = field.name = swap(field.name);
      if (field.dataset.bySubstance) field.dataset.bySubstance = swap(field.dataset.bySubstance);
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
      if (field.tagName === "SELECT") field.selectedIndex = 0; else field.value = "";
    }
    rows.append(row);
    offer(form);
    row.querySelector("input, select").focus();
  }

  function helpWith(form) {
    const substance = form.elements.substance;
    offer(form);
    showNeeded(form);
    form.addEventListener("change", (event) => { if (/_substance(_\d+)?$/.test(event.target.name)) offer(form); });
    substance.addEventListener("change", () => {
      offer(form);
      // An amount that was there for another substance would be a wrong one.
      for (const field of [form.elements.amount, form.elements.duration_min]) if (field && field.value === field.defaultValue) field.value = "";
      showNeeded(form);
    });
    form.addEventListener("change", () => showNeeded(form));
    for (const button of form.querySelectorAll("[data-add]")) {
      button.addEventListener("click", (event) => { event.preventDefault(); addRow(form, button); });
    }
    // Fields that are not shown are not sent.
    form.addEventListener("formdata", (event) => {
      for (const field of form.querySelectorAll("[data-when][hidden] :is(input, select)")) event.formData.delete(field.name);
    });
    const zone = form.elements.zone, here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (here && zone.value === zone.dataset.empty) {
      zone.prepend(new Option(here, here));
      zone.value = here;
    }
  }

  if (follow()) return;
  const question = document.getElementById("question");
  if (question) helpWith(question);
  window.addEventListener("hashchange", follow);
  document.querySelectorAll("[data-live]").forEach((figure) => { if (figure.querySelector("script")) live(figure); });
  // The browser knows under which address the page is seen; the server behind a proxy may not.
  for (const link of document.querySelectorAll("a.permalink")) link.closest("details").querySelector("textarea").value = link.href;
  document.querySelectorAll(".copy").forEach(copying);
  const first = document.querySelector("#errors") || document.querySelector("h2.range");
  if (first && !location.hash) first.focus();
  for (const link of document.querySelectorAll("#errors a")) {
    link.addEventListener("click", (event) => {
      const field = document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      for (let at = field.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
      field.focus();
    });
  }
})();

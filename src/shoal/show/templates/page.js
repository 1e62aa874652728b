"use strict";
/* Two things: the language the reader picks, and charts that answer the pointer in place of the still drawings. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const picked = () => document.querySelector('input[name="language"]:checked').value;

  /* A chart's words in one language: {"en": ..., "zh": ...} becomes one of the two. */
  const spoken = (node, language) => {
    if (Array.isArray(node)) return node.map((item) => spoken(item, language));
    if (node === null || typeof node !== "object") return node;
    const keys = Object.keys(node);
    if (keys.length === 2 && "en" in node && "zh" in node) return node[language];
    return Object.fromEntries(keys.map((key) => [key, spoken(node[key], language)]));
  };

  /* On a phone long names are broken into lines, so that those that begin alike stay apart. */
  const NARROW = 520;
  const LETTERS = 17; /* a line holds so many; a Chinese character counts as two */
  const broken = (name) => {
    const lines = [""];
    let taken = 0;
    for (const piece of name.replaceAll("\n", "").split(/(?<=[\s\u3000-\u9fff\uff00-\uffef])/u)) {
      const length = [...piece].reduce((sum, sign) => sum + (sign > "\u2fff" ? 2 : 1), 0);
      if (taken && taken + piece.trimEnd().length > LETTERS) {
        lines.push("");
        taken = 0;
      }
      lines[lines.length - 1] += piece;
      taken += length;
    }
    return lines.join("\n");
  };
  const fold = (spec) => {
    Object.assign(spec.config.axisY, { labelLimit: 118, labelFontSize: 11 });
    const names = new Set();
    let most = 1;
    const name = (word) => {
      const lines = broken(word);
      names.add(lines);
      most = Math.max(most, lines.split("\n").length);
      return lines;
    };
    for (const row of spec.data.values) {
      for (const field of ["label", "row"]) if (typeof row[field] === "string") row[field] = name(row[field]);
    }
    for (const { y } of [spec.encoding, ...spec.layer.map(({ encoding }) => encoding ?? {})]) {
      if (y?.scale?.domain) y.scale.domain = y.scale.domain.map(name);
    }
    spec.height = Math.max(spec.height, names.size * (most * spec.config.axisY.labelLineHeight + 8));
  };

  const live = new Map();

  const draw = async (figure) => {
    const room = figure.querySelector(".drawings");
    const width = room.clientWidth;
    if (!width || typeof vegaEmbed !== "function") return;
    const language = picked();
    const spec = spoken(data.charts[figure.dataset.chart], language);
    if (width < NARROW) fold(spec);
    const stage = document.createElement("div");
    stage.className = "live";
    stage.style.minWidth = `${Math.min(spec.usermeta.narrowest, 1200)}px`;
    room.append(stage);
    const options = { ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true } };
    const shown = await vegaEmbed(stage, spec, options);
    await shown.view.resize().runAsync(); /* a legend that took another row is given its room */
    const before = live.get(figure);
    live.set(figure, { shown, stage });
    if (before) {
      before.shown.finalize();
      before.stage.remove();
    }
    figure.classList.add("is-live");
    if (language !== picked()) await draw(figure); /* the reader switched while this was being drawn */
  };

  const redraw = (figure) => draw(figure).catch((problem) => console.error(figure.id, problem));

  /* A chart is drawn when it first has room: those in a closed fold wait until it is opened. */
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const figure = target.closest("figure");
      if (target.clientWidth && !live.has(figure)) {
        live.set(figure, null);
        redraw(figure);
      }
    }
  });

  const speak = () => {
    document.documentElement.lang = picked();
    document.title = typeof data.title === "string" ? data.title : data.title[picked()];
    for (const [figure, drawn] of live) if (drawn) redraw(figure);
  };

  if ("ownLanguage" in document.documentElement.dataset) {
    const wish = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
    document.getElementById(`language-${wish}`).checked = true;
  }
  speak();
  for (const choice of document.querySelectorAll('input[name="language"]')) choice.addEventListener("change", speak);
  for (const room of document.querySelectorAll("figure.chart .drawings")) watch.observe(room);

  /* What scrolls sideways can be reached and scrolled by keyboard; what fits takes no stop of its own. */
  const reach = new ResizeObserver((entries) => {
    for (const { target } of entries) target.toggleAttribute("tabindex", target.scrollWidth > target.clientWidth + 1);
    for (const { target } of entries) if (target.hasAttribute("tabindex")) target.tabIndex = 0;
  });
  for (const room of document.querySelectorAll(".table, pre, figure.chart .drawings")) reach.observe(room);

  /* Mark in the contents what is being read. */
  const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(target.id)?.setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-12% 0px -75% 0px" },
  );
  for (const section of document.querySelectorAll("main > section")) seen.observe(section);
})();

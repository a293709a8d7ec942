// Shows the documents of the page, some at a time, and filters them.
// Text of articles only ever becomes text nodes and attributes: nothing here writes HTML.
"use strict";

(() => {
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const data = JSON.parse(document.getElementById("data").textContent);
  const { language, perPage, themes, words } = settings;

  const byId = (id) => document.getElementById(id);
  const formatNumber = new Intl.NumberFormat(language).format;
  const formatShare = new Intl.NumberFormat(language, { style: "percent" }).format;
  const formatExact = new Intl.NumberFormat(language, {
    style: "percent",
    minimumFractionDigits: 1,
  }).format;

  function say(key, values = {}) {
    const forms = words[key].split("|");
    const form = values.n === 1 ? forms[0] : forms[forms.length - 1];
    return form.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = values[name];
      return typeof value === "number" ? formatNumber(value) : String(value ?? whole);
    });
  }

  function element(tag, attributes = {}, ...children) {
    const node = tag.startsWith("svg:")
      ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
      : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null));
    return node;
  }

  // ---- text search: without diacritics and case; "đ" is a letter of its own in Unicode.

  function fold(text) {
    return text
      .normalize("NFD")
      .toLowerCase()
      .replace(/\p{M}+/gu, "")
      .replace(/đ/g, "d")
      .replace(/\s/g, " ");
  }

  const foldedParts = new Map();

  /** Folded title, abstract and paragraphs of a document; made on the first search. */
  function foldedText(item) {
    let parts = foldedParts.get(item);
    if (!parts) {
      parts = {
        head: fold(`${item.title ?? ""}\n${item.abstract?.text ?? ""}\n${item.byTheme.map(({ text }) => text).join("\n")}\n${item.source}\n${item.id}`),
        paragraphs: item.paragraphs.map(({ segments }) => fold(segments.map(([text]) => text).join(""))),
      };
      foldedParts.set(item, parts);
    }
    return parts;
  }

  function paragraphHits(item) {
    return foldedText(item).paragraphs.filter((text) => text.includes(state.query)).length;
  }

  // ---- what is chosen; it stands in the address too, so that a view can be linked to.

  const state = { query: "", typed: "", themes: new Set(), match: "any", doubt: false, document: null };

  function readAddress() {
    const address = new URLSearchParams(location.hash.slice(1));
    state.typed = address.get("q") ?? "";
    state.query = fold(state.typed).trim();
    const ids = (address.get("theme") ?? "").split(",");
    state.themes = new Set(themes.flatMap(({ id }, index) => (ids.includes(id) ? [index] : [])));
    state.match = address.get("match") === "all" ? "all" : "any";
    state.doubt = address.get("doubt") === "1";
    state.document = address.get("doc");
  }

  function writeAddress(documentId = null) {
    const address = new URLSearchParams();
    if (state.query) address.set("q", state.typed);
    if (state.themes.size) address.set("theme", [...state.themes].map((index) => themes[index].id).join(","));
    if (state.themes.size > 1 && state.match === "all") address.set("match", "all");
    if (state.doubt) address.set("doubt", "1");
    if (documentId !== null) address.set("doc", documentId);
    const hash = address.toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname);
  }

  function matches(item) {
    if (state.doubt && !item.paragraphs.some(({ uncertain }) => uncertain.length)) return false;
    if (state.themes.size) {
      const chosen = [...state.themes];
      const has = (index) => item.counts[index] > 0;
      if (!(state.match === "all" ? chosen.every(has) : chosen.some(has))) return false;
    }
    if (!state.query) return true;
    return foldedText(item).head.includes(state.query) || paragraphHits(item) > 0;
  }

  // ---- a document

  const key = (index, extra = "") =>
    element("span", { class: `key t${index} ${extra}`, "aria-hidden": "true" }, String(index + 1));

  /** The abstract's text with each unsupported detail marked where it stands as whole words. */
  function abstractText({ text, unsupported }) {
    const escape = (detail) => detail.replace(/[.*+?^${}()|[\]\\\/]/g, "\\$&");
    const details = unsupported.filter((detail) => detail.trim()).sort((a, b) => b.length - a.length);
    if (!details.length) return [text];
    const pattern = details.map(escape).join("|");
    const found = new RegExp(`(?<![\\p{L}\\p{N}])(${pattern})(?![\\p{L}\\p{N}])`, "u");
    return text.split(found).map((part, index) =>
      index % 2
        ? element("mark", { class: "unsupported", title: say("unsupported_title") }, part)
        : part,
    );
  }

  function abstractNodes(abstract) {
    if (!abstract?.text) return [];
    const nodes = [
      element("p", { class: "abstract", lang: "vi" }, ...abstractText(abstract)),
      element("span", { class: `badge ${abstract.method}` }, say(abstract.method)),
    ];
    if (abstract.unsupported.length) {
      const list = abstract.unsupported.map((detail) => `“${detail}”`).join(", ");
      nodes.push(element("p", { class: "unsupported-list" }, `${say("unsupported")} ${list}`));
    }
    return nodes;
  }

  /** What the document says of each of its themes, as a list of definitions. */
  function themeAbstracts({ byTheme }) {
    if (!byTheme.length) return null;
    const entries = byTheme.flatMap((one) => [
      element("dt", {}, key(one.theme), element("span", {}, themes[one.theme].name)),
      element("dd", { lang: "vi" }, ...abstractText(one)),
    ]);
    return element("dl", { class: "by-theme", "aria-label": say("by_theme") }, ...entries);
  }

  /** Whether a classifier has read the paragraph: a run may ask for abstracts only. */
  const isJudged = ({ themes: assigned, scores }) => assigned.length > 0 || scores.length > 0;

  function heldThemes(item) {
    const held = themes.map((_, index) => index).filter((index) => item.counts[index]);
    if (held.length) {
      return element(
        "ul",
        { class: "held" },
        ...held.map((index) =>
          element(
            "li",
            {},
            key(index),
            element("span", {}, themes[index].name),
            element("span", { class: "count" }, say("held", { n: item.counts[index] })),
          ),
        ),
      );
    }
    return item.paragraphs.some(isJudged)
      ? element("ul", { class: "held none" }, element("li", {}, say("no_theme_document")))
      : null;
  }

  /** Nodes of a paragraph's text: words of evidence as marks, the rest as plain text. */
  function textNodes({ segments, scores }) {
    const lanes = segmentLanes(segments);
    return segments.map(([text, covering], at) =>
      covering.length ? evidenceMark(text, covering, scores, lanes[at]) : document.createTextNode(text),
    );
  }

  /** For each segment the themes of its unbroken stretch of marks: each keeps one line in it. */
  function segmentLanes(segments) {
    const lanes = [];
    let stretch = [];
    for (const [, covering] of segments) {
      if (!covering.length) stretch = [];
      for (const theme of covering) if (!stretch.includes(theme)) stretch.push(theme);
      lanes.push(stretch);
    }
    return lanes;
  }

  function evidenceMark(text, covering, scores, lanes) {
    const names = covering.map((index) => {
      const score = scores[index];
      return themes[index].name + (score == null ? "" : ` (${formatExact(score / 1000)})`);
    });
    const keys = covering.map((index) => index + 1).join(",");
    const words = text.trimEnd();
    const mark = element(
      "mark",
      { class: "evidence", title: names.join(" · ") },
      element("span", { "data-keys": keys }, words),
      text.slice(words.length),
    );
    // One stripe a theme under the words; behind them, each theme's tint has an equal share.
    const stripes = covering.map((index) => {
      const rise = 3 * (lanes.length - 1 - lanes.indexOf(index));
      return `linear-gradient(var(--t${index}),var(--t${index})) 0 calc(100% - ${rise}px)/100% 2px no-repeat`;
    });
    const share = 100 / covering.length;
    const bands = covering.map(
      (index, i) => `var(--t${index}-tint) ${i * share}% ${(i + 1) * share}%`,
    );
    mark.style.background = [...stripes, `linear-gradient(${bands.join(",")})`].join(",");
    mark.style.paddingBottom = `${3 * lanes.length}px`;
    return mark;
  }

  const NOTABLE = 100; // thousandths: a theme not assigned is listed from this probability on

  function scoreRow(index, score, assigned, doubtful) {
    const value = score == null ? "" : formatShare(score / 1000);
    const bar =
      score == null
        ? null
        : element(
            "svg:svg",
            { viewBox: "0 0 1000 3", preserveAspectRatio: "none", "aria-hidden": "true" },
            element("svg:rect", { class: "track", width: "1000", height: "3" }),
            element("svg:rect", { class: `bar t${index}`, width: String(score), height: "3" }),
          );
    return element(
      "li",
      { class: assigned ? "strong" : "weak" },
      key(index),
      element("span", {}, themes[index].name),
      element("span", { class: "value" }, value),
      doubtful ? element("span", { class: "doubtful", title: say("doubtful_title") }, say("doubtful")) : null,
      bar,
    );
  }

  function scoreList({ themes: assigned, scores, uncertain }) {
    const all = themes
      .map(({ name }, index) => (scores[index] == null ? null : `${name}: ${formatExact(scores[index] / 1000)}`))
      .filter(Boolean);
    const near = themes
      .map((_, index) => index)
      .filter((index) => !assigned.includes(index) && (scores[index] >= NOTABLE || uncertain.includes(index)));
    const rows = [
      ...assigned.map((index) => scoreRow(index, scores[index], true, uncertain.includes(index))),
      ...near.map((index) => scoreRow(index, scores[index], false, uncertain.includes(index))),
    ];
    if (!assigned.length) rows.unshift(element("li", { class: "nothing" }, say("no_theme")));
    const title = all.length ? `${say("scores")}\n${all.join("\n")}` : null;
    return element("ul", { class: "scores", title }, ...rows);
  }

  function paragraphNode(paragraph, index) {
    const judged = isJudged(paragraph);
    return element(
      "li",
      { class: judged && !paragraph.themes.length ? "paragraph none" : "paragraph" },
      element("span", { class: "number", title: say("paragraph", { n: index + 1 }) }, String(index + 1)),
      element("p", { lang: "vi" }, ...textNodes(paragraph)),
      judged ? scoreList(paragraph) : null,
    );
  }

  function paragraphDetails(item) {
    const n = item.paragraphs.length;
    const themed = item.paragraphs.filter((paragraph) => paragraph.themes.length).length;
    const about = item.paragraphs.some(isJudged) ? say("read_themed", { n, themed }) : say("n_paragraphs", { n });
    const hits = state.query ? paragraphHits(item) : 0;
    const doubts = item.paragraphs.filter(({ uncertain }) => uncertain.length).length;
    const details = element(
      "details",
      {},
      element(
        "summary",
        {},
        `${say("read")} `,
        element("span", { class: "about" }, `(${about})`),
        hits ? element("span", { class: "hits" }, say("read_hits", { n: hits })) : null,
        doubts ? element("span", { class: "doubtful" }, say("read_doubts", { n: doubts })) : null,
      ),
    );
    // Most documents are never opened: their paragraphs are built when they are.
    details.addEventListener("toggle", () => {
      if (details.open) {
        fillDetails(details, item);
        markFound();
      }
    });
    return details;
  }

  function fillDetails(details, item) {
    if (details.querySelector(".paragraphs")) return;
    const nodes = item.paragraphs.map(paragraphNode);
    if (state.query) {
      foldedText(item).paragraphs.forEach((text, index) => {
        nodes[index].classList.toggle("found", text.includes(state.query));
      });
    }
    details.append(element("ol", { class: "paragraphs" }, ...nodes));
  }

  function documentNode(item) {
    const details = item.paragraphs.length ? paragraphDetails(item) : null;
    const link = element(
      "a",
      { href: `#${new URLSearchParams({ doc: item.id })}` },
      item.title || say("untitled"),
    );
    // The link is for copying and new tabs; a click opens the article and keeps the filters.
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (details) details.open = !details.open;
      writeAddress(item.id);
    });
    const title = element(
      "h3",
      { class: item.title ? null : "untitled", lang: item.title ? "vi" : null },
      link,
    );
    const origin = item.source.includes(item.id) ? item.source : `${item.id} · ${item.source}`;
    const source = item.date ? `${item.date} · ${origin}` : origin;
    return element(
      "article",
      { class: "document" },
      element(
        "div",
        {},
        element("p", { class: "source" }, source),
        title,
        ...abstractNodes(item.abstract),
        themeAbstracts(item),
      ),
      heldThemes(item) ?? "",
      details,
    );
  }

  // ---- the list

  const list = byId("documents");
  const more = byId("more");
  let chosen = [];
  let shown = 0;

  function showMore() {
    const next = chosen.slice(shown, shown + perPage);
    const nodes = next.map(documentNode);
    list.append(...nodes);
    shown += next.length;
    const rest = Math.min(perPage, chosen.length - shown);
    more.hidden = rest === 0;
    more.textContent = say("more", { n: rest });
    markFound();
    return nodes[0];
  }

  function showList() {
    chosen = data.filter(matches);
    shown = 0;
    list.replaceChildren();
    const filtered = Boolean(state.query || state.themes.size || state.doubt);
    byId("shown").textContent = filtered
      ? say("shown_filtered", { n: chosen.length, total: data.length })
      : say("n_documents", { n: data.length });
    byId("clear").hidden = !filtered;
    if (filtered && !chosen.length) list.append(element("p", {}, say("nothing")));
    showMore();
  }

  /** Mark what the search found in the text on the page, without touching the page's nodes. */
  function markFound() {
    if (!globalThis.Highlight || !CSS.highlights) return;
    CSS.highlights.delete("found");
    if (!state.query) return;
    const ranges = [];
    for (const block of list.querySelectorAll("h3, .abstract, .by-theme dd, .paragraph.found p")) {
      ranges.push(...foundRanges(block));
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  function foundRanges(block) {
    const places = []; // for each character of the folded text, where it stands in the page
    let folded = "";
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      let offset = 0;
      for (const character of node.data) {
        const plain = fold(character);
        folded += plain;
        for (let i = 0; i < plain.length; i++) places.push([node, offset, character.length]);
        offset += character.length;
      }
    }
    const ranges = [];
    const length = state.query.length;
    for (let at = folded.indexOf(state.query); at >= 0; at = folded.indexOf(state.query, at + length)) {
      const range = new Range();
      const [last, offset, width] = places[at + length - 1];
      range.setStart(places[at][0], places[at][1]);
      range.setEnd(last, offset + width);
      ranges.push(range);
    }
    return ranges;
  }

  // ---- the form

  const form = byId("filters");
  const boxes = [...form.querySelectorAll("input[name=theme]")];
  const matchField = form.querySelector(".match");
  const doubtBox = byId("doubt");

  function showForm() {
    byId("search").value = state.typed;
    for (const box of boxes) box.checked = state.themes.has(Number(box.value));
    for (const radio of form.querySelectorAll("input[name=match]")) radio.checked = radio.value === state.match;
    if (doubtBox) doubtBox.checked = state.doubt;
    showMatch();
  }

  function showMatch() {
    if (matchField) matchField.hidden = state.themes.size < 2;
  }

  function readForm() {
    state.typed = byId("search").value;
    state.query = fold(state.typed).trim();
    state.themes = new Set(boxes.filter((box) => box.checked).map((box) => Number(box.value)));
    state.match = form.querySelector("input[name=match]:checked")?.value ?? "any";
    state.doubt = Boolean(doubtBox?.checked);
    showMatch();
    writeAddress();
    showList();
  }

  let waiting;
  byId("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(readForm, 180);
  });
  form.addEventListener("change", readForm);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    // The fields are emptied after this event; the button that had the focus then goes away.
    setTimeout(() => {
      readForm();
      byId("search").focus();
    });
  });
  more.addEventListener("click", () => showMore()?.querySelector("a").focus());
  window.addEventListener("hashchange", showAddress);

  /** Show what the address asks for; `#doc=ID` opens that document at its place in the list. */
  function showAddress() {
    readAddress();
    showForm();
    showList();
    if (state.document === null) return;
    const at = chosen.findIndex(({ id }) => id === state.document);
    if (at < 0) return;
    while (shown <= at) showMore();
    const details = list.children[at].querySelector("details");
    if (details) {
      fillDetails(details, chosen[at]);
      details.open = true;
    }
    list.children[at].scrollIntoView();
  }

  byId("reader").hidden = data.length === 0;
  showAddress();
})();

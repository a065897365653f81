// The shell: it shows the view that the address names, and remembers light or dark.

RP.views.notes = async () => {
  const notes = RP.el("dl", { class: "notes" }, RP.board.notes.map(([term, text]) => [RP.el("dt", {}, term), RP.el("dd", {}, text)]).flat());
  const nodes = [notes];
  for (const edition of RP.board.editions) {
    nodes.push(RP.el("h2", {}, "The release of the " + edition.track + " track"),
      RP.facts([["Corpus", edition.corpus], ["Profile", edition.profile], ["Scoring rules", edition.rules], ["Intervals", edition.bootstraps], ["Release", edition.release]]));
    if (edition.differences.length) {
      nodes.push(RP.el("p", {}, RP.el("strong", {}, "Its results cannot be compared with the published ones."), " Why:"),
        RP.el("ul", {}, edition.differences.map((text) => RP.el("li", {}, text))));
    }
  }
  if (RP.board.rejected.length) {
    nodes.push(RP.el("h2", {}, "Submissions that are not on the board"),
      ...RP.board.rejected.map((one) => RP.el("div", {}, RP.el("h3", {}, one.name), RP.el("ul", {}, one.reasons.map((reason) => RP.el("li", {}, reason))))));
  }
  nodes.push(RP.el("h2", {}, "Downloads"), RP.el("ul", {}, RP.board.files.map(([name, path]) => RP.el("li", {}, RP.link(path, name)))));
  return { title: "How to read the numbers", nodes };
};

RP.views.figures = async () => {
  const figure = (one) => RP.el("figure", {}, RP.el("img", { src: one.svg, alt: one.title, loading: "lazy" }),
    RP.el("figcaption", {}, RP.el("b", {}, one.title + ". "), one.notes.join(" "), " ", RP.link(one.svg, "SVG"), " ", RP.link(one.png, "PNG")));
  const figures = RP.board.figures;
  return { title: "Figures", nodes: [figures.length ? RP.el("div", { class: "gallery" }, figures.map(figure)) : RP.el("p", {}, "This board has no figures.")] };
};

RP.start = async () => {
  const main = document.querySelector("main");
  let turn = 0;
  const show = async (moved) => {
    const mine = ++turn;
    const place = RP.place();
    const [view, ...parts] = place.parts.length ? place.parts : ["suite"];
    main.setAttribute("aria-busy", "true");
    let found;
    try {
      found = Object.hasOwn(RP.views, view) ? await RP.views[view]({ parts, query: place.query }) : RP.nothing("page", view);
    } catch (error) {
      found = { title: "This page cannot be shown", nodes: [RP.el("p", { role: "alert" }, error.message)] };
    }
    if (mine !== turn) return;
    const heading = RP.el("h1", { tabindex: "-1" }, found.title);
    main.replaceChildren(heading, ...found.nodes.filter(Boolean));
    main.removeAttribute("aria-busy");
    document.title = found.title + " · " + RP.board.title;
    for (const link of document.querySelectorAll("nav.site a")) {
      const here = link.dataset.views.split(" ").includes(view);
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (moved) {
      window.scrollTo(0, 0);
      heading.focus({ preventScroll: true });
    }
    RP.shown = performance.now();
  };
  RP.theme();
  try {
    RP.board = await RP.load("board");
  } catch (error) {
    main.replaceChildren(RP.el("p", { role: "alert" }, error.message));
    return;
  }
  RP.warnings();
  addEventListener("hashchange", () => show(true));
  await show(false);
};

RP.warnings = () => {
  const all = RP.board.warnings;
  const place = document.querySelector(".warnings");
  if (!all.length) return;
  const list = RP.el("ul", {}, all.map((warning) => RP.el("li", {}, warning)));
  place.replaceChildren(RP.el("details", { open: all.length <= 3 }, RP.el("summary", {}, "Before you read the numbers (" + RP.count(all.length) + ")"), list));
  place.hidden = false;
};

// Theme: that of the system until the reader chooses.
RP.theme = () => {
  const root = document.documentElement;
  const toggle = document.querySelector(".theme");
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => {
    toggle.textContent = dark() ? "Light" : "Dark";
    toggle.setAttribute("aria-label", (dark() ? "Light" : "Dark") + " theme");
  };
  let stored = null;
  try {
    stored = localStorage.getItem("theme");
  } catch {
    // A page from disk may have no storage; the choice then lasts as long as the page.
  }
  if (stored === "dark" || stored === "light") root.dataset.theme = stored;
  toggle.hidden = false;
  label();
  toggle.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // As above.
    }
    label();
  });
};

document.addEventListener("DOMContentLoaded", RP.start);

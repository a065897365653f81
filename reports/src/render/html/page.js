"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");

  // Suites: the address names the one that is shown, so that it can be linked to.
  const links = [...document.querySelectorAll(".suites a")];
  const suites = [...document.querySelectorAll(".suite")];
  const show = (id, move) => {
    for (const suite of suites) suite.hidden = suite.id !== id;
    for (const link of links) {
      if (link.hash === "#" + id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (!move) return;
    const suite = document.getElementById(id);
    if (suite.getBoundingClientRect().top < 0) suite.scrollIntoView();
    // Later, because following the link takes the focus away once more.
    setTimeout(() => document.getElementById(id + "-title").focus({ preventScroll: true }));
  };
  const named = () => suites.find((suite) => "#" + suite.id === location.hash);
  if (suites.length) {
    show((named() || suites[0]).id, false);
    addEventListener("hashchange", () => { const suite = named(); if (suite) show(suite.id, true); });
  }

  // Tables: a heading sorts its column; places without a number stay last.
  const value = (row, column) => {
    const cell = row.cells[column];
    if (column === 0) return cell.textContent;
    return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
  };
  const order = (a, b) => (typeof a === "string" ? a.localeCompare(b, "en") : a - b);
  const sort = (table, column) => {
    const heading = table.tHead.rows[0].cells[column];
    const before = heading.getAttribute("aria-sort");
    const first = column === 0 ? "ascending" : "descending";
    const other = first === "ascending" ? "descending" : "ascending";
    const direction = before === first ? other : first;
    const sign = direction === "ascending" ? 1 : -1;
    for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction);
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [value(row, column), row]);
    rows.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : sign * order(a, b)));
    body.append(...rows.map(([, row]) => row));
  };
  for (const table of document.querySelectorAll("table")) {
    if (table.tBodies[0].rows.length < 2) continue;
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...cell.childNodes);
      button.addEventListener("click", () => sort(table, column));
      cell.append(button);
    });
  }

  // Theme: that of the system until the reader chooses.
  const toggle = document.querySelector(".theme");
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => { toggle.textContent = dark() ? "Light" : "Dark"; toggle.setAttribute("aria-label", "Use the " + (dark() ? "light" : "dark") + " theme"); };
  const stored = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
  if (stored === "dark" || stored === "light") root.dataset.theme = stored;
  toggle.hidden = false;
  label();
  toggle.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* The choice then lasts as long as the page. */ }
    label();
  });
})();

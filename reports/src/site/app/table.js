// Tables whose headings sort, in a frame that scrolls by keyboard or finger where the page is narrow.
//
// A column is `{ id, title, note, kind }`, a row an array of cells: text, or `{ text, node, sort, note, mark }`.

RP.cell = (cell) => (cell === null || cell === undefined ? { text: RP.NONE }
  : typeof cell === "object" ? cell : { text: String(cell) });

RP.table = ({ caption, columns, rows, sort, onSort }) => {
  const head = RP.el("tr", {});
  const body = RP.el("tbody", {});
  const cells = rows.map((row) => row.map(RP.cell));
  const elements = cells.map((row) => RP.el("tr", {}, row.map((cell, at) => RP.tableCell(cell, at))));
  const order = (at, descending) => {
    const key = (row) => (at === 0 && cells[row][0].sort === undefined ? cells[row][0].text : cells[row][at].sort);
    const places = cells.map((_, row) => row);
    const missing = (value) => value === null || value === undefined || Number.isNaN(value);
    places.sort((a, b) => {
      const [left, right] = [key(a), key(b)];
      if (missing(left) || missing(right)) return missing(left) - missing(right) || a - b;
      const by = typeof left === "string" ? left.localeCompare(right, "en") : left - right;
      return (descending ? -by : by) || a - b;
    });
    body.append(...places.map((row) => elements[row]));
  };
  const show = (id, descending) => {
    columns.forEach((column, at) => {
      const heading = head.cells[at];
      if (column.id !== id) return heading.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
      order(at, descending);
    });
  };
  for (const [at, column] of columns.entries()) {
    const label = [RP.el("span", { class: "title" }, column.title)];
    if (column.note) label.push(" ", RP.el("span", { class: "note" }, column.note));
    const press = () => {
      const now = head.cells[at].getAttribute("aria-sort");
      const first = at === 0 || column.ascending ? "ascending" : "descending";
      const descending = now ? now !== "descending" : first === "descending";
      show(column.id, descending);
      if (onSort) onSort(column.id, descending);
    };
    const inner = column.fixed || rows.length < 2 ? label : RP.el("button", { type: "button", on: { click: press } }, label);
    head.append(RP.el("th", { scope: "col", class: column.kind }, inner));
  }
  body.append(...elements);
  if (sort && columns.some((column) => column.id === sort.id)) show(sort.id, sort.descending);
  const table = RP.el("table", {}, RP.el("caption", {}, caption), RP.el("thead", {}, head), body);
  return RP.el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
};

RP.tableCell = (cell, at) => {
  const content = [];
  if (cell.node) content.push(cell.node);
  else if (cell.mark === "best") content.push(RP.el("strong", { class: "mean" }, cell.text));
  else if (cell.mark === "warning") content.push(RP.el("span", { class: "mean alert" }, cell.text + " (!)"));
  else content.push(RP.el("span", { class: "mean" }, cell.text));
  if (cell.note) content.push(" ", RP.el("span", { class: "interval" }, cell.note));
  return at === 0 ? RP.el("th", { scope: "row" }, content) : RP.el("td", { class: cell.kind }, content);
};

// A mean with its interval as a table shows it.
RP.measured = (metric, estimate, best) => {
  if (!estimate || estimate[0] === null) return { text: RP.NONE };
  const [mean, low, high] = estimate;
  return { text: RP.value(metric, mean), note: RP.interval(metric, low, high), sort: mean, mark: best ? "best" : null };
};

// A list of names and values.
RP.facts = (facts, kind) =>
  RP.el("dl", { class: kind || "facts" }, facts.filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => RP.el("div", {}, RP.el("dt", {}, name), RP.el("dd", {}, value))));

// A labelled choice.
RP.choices = 0;
RP.choice = (label, name, options, chosen, change) => {
  // Names are foreign where properties are, so they make no id.
  const id = "choice-" + ++RP.choices;
  const select = RP.el("select", { id, "data-name": name, on: { change: () => change(select.value) } },
    options.map(([value, text]) => RP.el("option", { value, selected: value === chosen }, text)));
  return RP.el("p", { class: "choice" }, RP.el("label", { for: id }, label), select);
};

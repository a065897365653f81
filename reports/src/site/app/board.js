// What the views ask of the board.

RP.suite = (key) => RP.board.suites.find((suite) => suite.key === key);
RP.metric = (id) => RP.board.metrics.find((metric) => metric.id === id) || RP.board.metrics[0];
RP.method = (key) => RP.board.methods.findIndex((method) => method.key === key);
RP.edition = (suite) => RP.board.editions[suite.edition];
RP.suiteTitle = (suite) => suite.title + " · " + RP.edition(suite).track;
RP.suiteParts = (suite) => suite.key.split("/");
RP.rowOf = (suite, method) => suite.rows.find((row) => row.method === method);
RP.estimate = (row, metric) => row.estimates[RP.board.metrics.indexOf(metric)];
RP.methodLink = (index) => {
  const method = RP.board.methods[index];
  return RP.link(RP.address(["method", method.key]), method.label);
};

// Where a method stands by a metric: its possible ranks and its letters, if the scores were compared.
RP.standing = (suite, metric, method) => {
  const found = suite.standings[metric.id];
  return found ? found.rows.find((row) => row.method === method) : undefined;
};

// The paired difference of `method` minus `other` on the whole suite, if the scores were compared.
RP.pair = (pairs, metric, method, other) => {
  const found = (pairs[metric.id] || []).find((pair) =>
    (pair.a === method && pair.b === other) || (pair.a === other && pair.b === method));
  if (!found || found.a === method) return found;
  const turn = (value) => (value === null ? null : -value);
  const [low, high] = found.interval || [null, null];
  return { ...found, a: method, b: other, difference: turn(found.difference),
    interval: found.interval ? [turn(high), turn(low)] : null,
    better: found.worse, worse: found.better,
    repos: found.repos ? [found.repos[1], found.repos[0], found.repos[2]] : null };
};

// What a reader should know of a row before its numbers.
RP.remarks = (suite, row) => {
  const remarks = [];
  if (row.missing) remarks.push(RP.count(row.missing) + " of " + RP.count(suite.tasks) + " answers missing");
  const audit = RP.board.methods[row.method].audit;
  if (audit && audit.doubtful) remarks.push("audit: " + audit.verdict);
  return remarks;
};

// Columns of cost that any row of the suite has a value for.
RP.costs = (suite) => {
  const methods = RP.board.methods;
  const run = (row) => methods[row.method].runs.find((run) => run.edition === suite.edition) || {};
  const all = [
    { id: "context", title: "Extra tokens", note: "context, mean", of: (row) => row.tokens[1], text: (v) => RP.decimal(v, 1) },
    { id: "prompt", title: "Prompt", note: "tokens, mean", of: (row) => row.tokens[0], text: (v) => RP.decimal(v, 1) },
    { id: "new", title: "Written", note: "tokens, mean", of: (row) => row.tokens[2], text: (v) => RP.decimal(v, 1) },
    { id: "adapt", title: "Adaptation", note: "per repository", of: (row) => run(row).adaptation_seconds, text: RP.seconds },
    { id: "storage", title: "Storage", note: "beyond the model", of: (row) => run(row).storage_bytes, text: RP.bytes },
    { id: "examples", title: "Examples", note: "in training", of: (row) => run(row).examples, text: RP.count },
    { id: "supervised", title: "Supervised", note: "tokens", of: (row) => run(row).supervised_tokens, text: RP.size },
    { id: "hours", title: "Training", note: "GPU hours", of: (row) => run(row).gpu_hours, text: (v) => RP.decimal(v, 1) },
    { id: "parameters", title: "Parameters", note: "base model", of: (row) => methods[row.method].parameters, text: RP.size },
  ];
  const known = (column) => suite.rows.some((row) => column.of(row) !== null && column.of(row) !== undefined);
  return all.filter(known);
};

// A mean with its interval on a line from the least to the greatest value of a table.
RP.strip = (estimate, [least, most]) => {
  if (!estimate || estimate[0] === null) return RP.el("span", {}, "");
  const place = (value) => (most > least ? 4 + (92 * (value - least)) / (most - least) : 50).toFixed(2) + "%";
  const [mean, low, high] = estimate;
  const drawing = RP.svg("svg", { class: "strip", width: "100%", height: 16, "aria-hidden": "true", focusable: "false" });
  if (low !== null && low !== undefined) {
    drawing.append(RP.svg("line", { class: "range", x1: place(low), x2: place(high), y1: 8, y2: 8 }));
  }
  drawing.append(RP.svg("circle", { class: "dot", cx: place(mean), cy: 8, r: 4 }));
  return drawing;
};

// The ends of a line that holds every mean and interval.
RP.ends = (estimates) => {
  const values = estimates.filter(Boolean).flat().filter((value) => typeof value === "number");
  return values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
};

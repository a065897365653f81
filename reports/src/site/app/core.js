// The ground that all views stand on: data on demand, elements without markup, numbers as the other formats print them.
//
// Text from score files reaches a page through textContent alone; nothing here or in the views reads markup.
const RP = {};

// Data: each file is a script that hands one value over, so that a folder opened from disk needs no server.
RP.values = new Map();
RP.waiting = new Map();
globalThis.repopeft = (key, value) => {
  RP.values.set(key, value);
};
RP.root = document.currentScript.src.replace(/[^/]*$/, "");

RP.load = (key) => {
  if (RP.values.has(key)) return Promise.resolve(RP.values.get(key));
  if (RP.waiting.has(key)) return RP.waiting.get(key);
  const promise = new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = RP.root + "data/" + key.split("/").map(encodeURIComponent).join("/") + ".js";
    script.addEventListener("load", () => {
      script.remove();
      RP.waiting.delete(key);
      if (RP.values.has(key)) resolve(RP.values.get(key));
      else reject(new Error("The file data/" + key + ".js does not hold what its name says."));
    });
    script.addEventListener("error", () => {
      script.remove();
      RP.waiting.delete(key);
      reject(new Error("The file data/" + key + ".js is missing."));
    });
    document.head.append(script);
  });
  RP.waiting.set(key, promise);
  return promise;
};

// Pages of tasks are many; only the latest are kept.
RP.forget = (key) => RP.values.delete(key);

// Elements.
RP.el = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
};

RP.svg = (name, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
};

RP.link = (href, ...children) => RP.el("a", { href }, ...children);

// Numbers: fixed decimals, exact halves to the even digit.
RP.NONE = "–";
RP.fixed = (value, decimals) => {
  const exact = Math.abs(value).toFixed(60);
  const point = exact.indexOf(".");
  let text = Math.abs(value).toFixed(decimals);
  if (/^50*$/.test(exact.slice(point + 1 + decimals))) {
    const down = exact.slice(0, decimals ? point + 1 + decimals : point);
    if (Number(down.slice(-1)) % 2 === 0) text = down;
  }
  return (value < 0 && Number(text) !== 0 ? "-" : "") + text;
};
RP.percent = (share) => RP.fixed(share * 100, 1);
RP.value = (metric, value) => {
  if (value === null || value === undefined) return RP.NONE;
  return metric.binary ? RP.percent(value) : RP.fixed(value, 3);
};
RP.signed = (metric, value) => {
  if (value === null || value === undefined) return RP.NONE;
  const text = RP.value(metric, Math.abs(value));
  if (Number(text) === 0) return "±" + text;
  return (value > 0 ? "+" : "−") + text;
};
RP.interval = (metric, low, high) =>
  low === null || low === undefined ? null : "[" + RP.value(metric, low) + ", " + RP.value(metric, high) + "]";
RP.signedInterval = (metric, low, high) =>
  low === null || low === undefined ? null : "[" + RP.signed(metric, low) + ", " + RP.signed(metric, high) + "]";
RP.grouped = (text) => text.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
RP.count = (count) => (count === null || count === undefined ? RP.NONE : RP.grouped(String(count)));
RP.decimal = (value, decimals) => {
  if (value === null || value === undefined) return RP.NONE;
  const [whole, part] = RP.fixed(value, decimals).split(".");
  return RP.grouped(whole) + (part === undefined ? "" : "." + part);
};
RP.scaled = (value, units) => {
  if (value === null || value === undefined) return RP.NONE;
  const [least, scale, unit] = units.find(([least]) => value >= least);
  const scaled = value / scale;
  const decimals = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
  return (scale === 1 ? RP.count(Math.round(value)) : RP.fixed(scaled, decimals)) + unit;
};
RP.size = (count) => RP.scaled(count, [[999.5e6, 1e9, " B"], [999.5e3, 1e6, " M"], [1e3, 1e3, " K"], [0, 1, ""]]);
RP.bytes = (count) => RP.scaled(count, [[1e9, 1e9, " GB"], [1e6, 1e6, " MB"], [1e3, 1e3, " KB"], [0, 1, " B"]]);
RP.seconds = (seconds) => {
  if (seconds === null || seconds === undefined) return RP.NONE;
  if (seconds >= 3600) return RP.fixed(seconds / 3600, 1) + " h";
  if (seconds >= 60) return RP.fixed(seconds / 60, 1) + " min";
  if (seconds >= 1) return RP.fixed(seconds, 1) + " s";
  return RP.fixed(seconds * 1000, 1) + " ms";
};
RP.pValue = (p) => (p === null || p === undefined ? RP.NONE : p < 0.0001 ? "<0.0001" : RP.fixed(p, 4));
RP.words = (name) => name.replaceAll("_", " ");

// Where one is: `#/view/part/part?name=value`.
RP.place = () => {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const decode = (part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  };
  return { parts: path.split("/").filter(Boolean).map(decode), query: new URLSearchParams(query || "") };
};
RP.address = (parts, query) => {
  const kept = Object.entries(query || {}).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const text = new URLSearchParams(kept).toString();
  return "#/" + parts.map(encodeURIComponent).join("/") + (text ? "?" + text : "");
};

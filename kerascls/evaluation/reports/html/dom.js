"use strict";
// What is shown comes from anyone: nodes are made here, never parsed from text.
const data = JSON.parse(document.getElementById("payload").textContent);
const multilabel = data.task !== "multiclass"; // a row may have several labels
const hasThresholds = data.task === "multilabel";

// Words in the language of the page; what is in braces are values.
function t(english, values = {}) {
  const words = data.words[english] ?? english;
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

const KINDS = {
  multiclass: t("multi-class"),
  multilabel: t("multi-label"),
  distribution: t("distributions"),
};

function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  return filled(node, attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children); // strings become text nodes
  return node;
}

function byId(id) {
  return document.getElementById(id);
}

function help(text) {
  return element("p", { class: "help" }, text);
}

function labelName(label) {
  return element("bdi", { class: "label" }, data.labels[label]);
}

function fixed(value, digits = 4) {
  return value === null || value === undefined || Number.isNaN(value)
    ? t("n/a")
    : value.toFixed(digits);
}

function count(value) {
  return value === null ? t("n/a") : value.toLocaleString("en");
}

function rows(number) {
  return number === 1 ? t("1 row") : t("{n} rows", { n: count(number) });
}

function list(names) {
  return names.join(t(", "));
}

function percent(value) {
  return `${(100 * value).toFixed(1)} %`;
}

function shortened(text, length) {
  const letters = Array.from(text);
  return letters.length > length ? letters.slice(0, length - 1).join("") + "…" : text;
}

// The labels of a kind in the order of a number, the largest first.
function byNumber(labels, number) {
  return [...labels].sort((a, b) => number(b) - number(a) || a - b);
}

// In the next frame: what changes a size while sizes are told is logged as an error.
function onResize(node, act) {
  new ResizeObserver(() => requestAnimationFrame(act)).observe(node);
}

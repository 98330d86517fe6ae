// Distances of distributions, and what is missed at each mass, as they were written.
function distributionSection() {
  if (!data.distribution) return;
  byId("distribution-section").hidden = false;
  const { lines, tables } = data.distribution;
  byId("distribution").append(
    element("ul", { class: "notes" }, ...lines.map((line) => element("li", {}, line))),
    ...tables.map(plainTable),
  );
}

function plainTable([headings, ...rows]) {
  const head = headings.map((text) => element("th", { scope: "col" }, text));
  const body = rows.map(([name, ...cells]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      ...cells.map((text) => element("td", {}, text)),
    ),
  );
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
  return element(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-labelledby": "h-distribution" },
    table,
  );
}

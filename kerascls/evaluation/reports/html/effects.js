// Rows and effective rows have bars of one scale; what else a loss does are numbers.
function effectsSection() {
  if (!data.effects) return;
  byId("effects-section").hidden = false;
  const { lines, headings, rows, bars } = data.effects;
  const largest = Math.max(1, ...bars.flat());
  const head = headings.map((text) => element("th", { scope: "col" }, text));
  const body = rows.map(([label, ...cells], i) =>
    element(
      "tr",
      {},
      element(
        "th",
        { scope: "row", title: label },
        element("bdi", { class: "label" }, label),
      ),
      ...cells.map((text, column) => barCell(text, bars[i][column], largest)),
    ),
  );
  byId("effects").append(
    element("ul", { class: "notes" }, ...lines.map((line) => element("li", {}, line))),
    element(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-labelledby": "h-effects" },
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, ...head)),
        element("tbody", {}, ...body),
      ),
    ),
  );
}

function barCell(text, value, largest) {
  const cell = element("td", { class: value === undefined ? null : "bar" }, text);
  // Not the whole cell, or bars of two columns would touch.
  if (value !== undefined) cell.style.setProperty("--share", (0.92 * value) / largest);
  return cell;
}

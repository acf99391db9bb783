// Elements without markup in strings: whatever a key contains, it stays text.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element. Properties that start with "on" are listeners; null and false leave an attribute out. */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else {
      attribute(element, name, value);
    }
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined));
  return element;
}

export function attribute(element, name, value) {
  if (value === null || value === undefined || value === false) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value === true ? "" : value);
  }
}

export function text(element, value) {
  const next = String(value);
  if (element.textContent !== next) {
    element.textContent = next;
  }
}

export function show(element, shown) {
  element.hidden = !shown;
}

const kept = Symbol("items");

/**
 * Makes a container's children agree with a list. Elements stay with their keys, so that what has the focus keeps it
 * while the list changes around it.
 *
 * @param make called for a new key; returns {element, update(item)}
 */
export function list(container, items, keyOf, make) {
  const focused = document.activeElement;
  const old = container[kept] ?? new Map();
  const now = new Map();
  let next = container.firstElementChild;
  for (const item of items) {
    let key = String(keyOf(item));
    while (now.has(key)) {
      key += "'";
    }
    const view = old.get(key) ?? make(item);
    view.update(item);
    now.set(key, view);
    old.delete(key);
    if (view.element === next) {
      next = next.nextElementSibling;
    } else {
      container.insertBefore(view.element, next);
    }
  }
  old.forEach(view => view.element.remove());
  container[kept] = now;
  if (focused !== document.activeElement && focused?.isConnected && container.contains(focused)) {
    focused.focus({preventScroll: true});
  }
}

/** A table's row whose cells are updated in place; texts(item) gives one text or node for each column. */
export function row(columns, actions) {
  const cells = columns.map((column, index) => h(index === 0 ? "th" : "td",
    {class: column.class, scope: index === 0 ? "row" : null}));
  const element = h("tr", {}, cells, actions ? h("td", {class: "actions"}, actions) : null);
  return {
    element,
    update(item) {
      columns.forEach((column, index) => {
        if (column.update) {
          column.update(cells[index], item);
        } else {
          text(cells[index], column.text(item));
        }
      });
    }
  };
}

/** A table in a region that scrolls sideways on narrow screens, and by keyboard too. */
export function table(label, columns, hasActions) {
  const body = h("tbody");
  const action = h("th", {scope: "col", class: "actions"}, h("span", {class: "unseen"}, "Actions"));
  show(action, hasActions);
  const element = h("div", {class: "scroll", role: "region", "aria-label": label, tabindex: "0"},
    h("table", {},
      h("thead", {}, h("tr", {},
        columns.map(column => h("th", {scope: "col", class: column.class?.replace("mono", "")}, column.title)), action)),
      body));
  return {element, body};
}

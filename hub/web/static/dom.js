/**
 * A page as a function of its state: `h` makes virtual nodes, `render` brings an element up to date with them.
 *
 * Children with a `key` are found again wherever they have moved to. A virtual node that is the very same object as
 * the last time is passed over, with all that is in it: whoever keeps the node of what has not changed pays nothing.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * A virtual node. Properties: attributes; `class`; `style` (an object, custom properties too); `onclick` and the like;
 * `value`, `checked`, … as the element has them; `key`; `ref` (is given the element once it is there).
 * Children: nodes, texts, numbers, lists of them; null, undefined and booleans are nothing.
 */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, key: props?.key, children: flat(children, []), element: null };
}

/** Have `parent` hold these nodes and nothing else. */
export function render(nodes, parent) {
  const children = flat([nodes], []);
  patchChildren(parent, parent.rendered ?? [], children, parent.namespaceURI === SVG);
  parent.rendered = children;
}

function flat(children, into) {
  for (const child of children) {
    if (Array.isArray(child)) flat(child, into);
    else if (child !== null && child !== undefined && typeof child !== "boolean") {
      into.push(typeof child === "object" ? child : { text: String(child), element: null });
    }
  }
  return into;
}

function patchChildren(parent, olds, news, svg) {
  const byKey = new Map(olds.filter((old) => old.key !== undefined).map((old) => [old.key, old]));
  const others = olds.filter((old) => old.key === undefined);
  const left = new Set(olds);
  let next = 0;
  const befores = news.map((node) => {
    const old = node.key === undefined ? others[next++] : byKey.get(node.key);
    return old?.tag === node.tag && left.delete(old) ? old : null;
  });
  // First what is gone: what stays is then not moved because of it, and keeps the focus.
  for (const old of left) {
    if (old.element.parentNode === parent) old.element.remove();
  }
  let place = parent.firstChild;
  news.forEach((node, at) => {
    if (befores[at]) patch(befores[at], node, svg);
    else create(node, svg);
    if (node.element === place) place = place.nextSibling;
    else parent.insertBefore(node.element, place);
  });
}

function create(node, svg) {
  if (node.element?.node === node) return; // it is as it was, only elsewhere or gone until now
  if (node.tag === undefined) {
    node.element = document.createTextNode(node.text);
    return;
  }
  const inSvg = svg || node.tag === "svg";
  node.element = inSvg ? document.createElementNS(SVG, node.tag) : document.createElement(node.tag);
  patchChildren(node.element, [], node.children, inSvg);
  // After the children: the value of a <select> is one of its options.
  for (const [name, value] of Object.entries(node.props)) setProp(node.element, name, value, undefined);
  node.element.node = node;
  node.props.ref?.(node.element);
}

function patch(old, node, svg) {
  if (old === node) return;
  node.element = old.element;
  if (node.tag === undefined) {
    if (old.text !== node.text) node.element.data = node.text;
    return;
  }
  patchChildren(node.element, old.children, node.children, svg || node.tag === "svg");
  for (const name of Object.keys(old.props)) {
    if (!(name in node.props)) setProp(node.element, name, undefined, old.props[name]);
  }
  for (const [name, value] of Object.entries(node.props)) setProp(node.element, name, value, old.props[name]);
  node.element.node = node;
}

/** What the element itself keeps, and its user changes: no attribute shows it. */
const OWN = new Set(["value", "checked", "indeterminate", "open", "muted", "scrollTop", "srcObject"]);

function setProp(element, name, value, before) {
  if (name === "key" || name === "ref" || value === before) return;
  if (name === "style") setStyle(element, value ?? {}, before ?? {});
  else if (name.startsWith("on")) element[name] = value ?? null;
  else if (OWN.has(name)) element[name] = value ?? "";
  else if (value === undefined || value === null || value === false) {
    if (value === false && name.startsWith("aria-")) element.setAttribute(name, "false");
    else element.removeAttribute(name);
  } else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
}

function setStyle(element, style, before) {
  for (const name of Object.keys(before)) {
    if (!(name in style)) element.style.removeProperty(name);
  }
  for (const [name, value] of Object.entries(style)) {
    if (before[name] !== value) element.style.setProperty(name, String(value));
  }
}

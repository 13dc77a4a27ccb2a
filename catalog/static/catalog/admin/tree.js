// The category tree: open and close branches, and move one by dragging its handle (mouse, pen or finger).
document.addEventListener("DOMContentLoaded", () => {
  const tools = document.querySelector(".t-tree-tools");
  const nodes = [...document.querySelectorAll("#result_list .t-node")];
  if (!tools || !nodes.length) return;
  const KEY = "tessera.closedCategories";
  const rowOf = (node) => node.closest("tbody");
  const level = (node) => Number(node.dataset.level);
  const closed = new Set(JSON.parse(localStorage.getItem(KEY) || "[]"));
  const status = tools.querySelector("[data-tree-status]");

  function below(index) {
    let end = index + 1;
    while (end < nodes.length && level(nodes[end]) > level(nodes[index])) end++;
    return nodes.slice(index + 1, end);
  }

  function draw() {
    let hiddenBelow = Infinity;
    nodes.forEach((node, index) => {
      if (level(node) <= hiddenBelow) hiddenBelow = Infinity;
      rowOf(node).hidden = hiddenBelow !== Infinity;
      const toggle = node.querySelector(".t-toggle");
      const parent = below(index).length > 0;
      const shut = parent && closed.has(node.dataset.node);
      toggle.classList.toggle("t-leaf", !parent);
      toggle.setAttribute("aria-expanded", String(!shut));
      toggle.tabIndex = parent ? 0 : -1;
      if (shut && hiddenBelow === Infinity) hiddenBelow = level(node);
    });
    localStorage.setItem(KEY, JSON.stringify([...closed]));
  }

  nodes.forEach((node, index) => {
    node.querySelector(".t-toggle").addEventListener("click", () => {
      const id = node.dataset.node;
      closed.has(id) ? closed.delete(id) : closed.add(id);
      draw();
    });
    node.querySelector(".t-handle").addEventListener("pointerdown", (event) => drag(event, node, index));
  });
  tools.addEventListener("click", (event) => {
    const wish = event.target.dataset.tree;
    if (!wish) return;
    closed.clear();
    if (wish === "close") nodes.forEach((node, index) => below(index).length && closed.add(node.dataset.node));
    draw();
  });

  function drag(start, node, index) {
    start.preventDefault();
    const handle = start.target;
    const moving = new Set([node, ...below(index)]);
    let goal = null;
    handle.setPointerCapture(start.pointerId);
    moving.forEach((each) => rowOf(each).classList.add("t-moving"));

    const clear = () => document.querySelectorAll("[data-drop]").forEach((row) => delete row.dataset.drop);
    const aim = (event) => {
      clear();
      goal = null;
      const over = nodes.find((each) => {
        const box = rowOf(each).getBoundingClientRect();
        return !rowOf(each).hidden && event.clientY >= box.top && event.clientY < box.bottom;
      });
      if (event.clientY < 80) window.scrollBy(0, -12);
      if (event.clientY > window.innerHeight - 120) window.scrollBy(0, 12);
      if (!over || moving.has(over)) return;
      const box = rowOf(over).getBoundingClientRect();
      const part = (event.clientY - box.top) / box.height;
      const opened = over.querySelector(".t-toggle").matches('[aria-expanded="true"]:not(.t-leaf)');
      goal = { over, position: part < 0.28 ? "left" : part <= 0.72 ? "last-child" : opened ? "first-child" : "right" };
      rowOf(over).dataset.drop = goal.position;
    };
    const stop = (send) => {
      handle.removeEventListener("pointermove", aim);
      document.removeEventListener("keydown", escape);
      moving.forEach((each) => rowOf(each).classList.remove("t-moving"));
      clear();
      if (send && goal) move(node.dataset.node, goal.over.dataset.node, goal.position);
    };
    const escape = (event) => event.key === "Escape" && stop(false);
    handle.addEventListener("pointermove", aim);
    handle.addEventListener("pointerup", () => stop(true), { once: true });
    handle.addEventListener("pointercancel", () => stop(false), { once: true });
    document.addEventListener("keydown", escape);
  }

  async function move(node, target, position) {
    const body = new URLSearchParams({ node, target, position });
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    status.textContent = "Moving …";
    try {
      const answer = await fetch(tools.dataset.moveUrl, { method: "POST", body });
      if (answer.ok) return location.reload();
      status.textContent = (await answer.json()).error;
    } catch {
      status.textContent = "The move did not reach the server. Try again.";
    }
    status.className = "t-error";
  }

  draw();
});

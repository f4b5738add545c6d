// Keys inside a widget are the widget's: the notebook has its own use for arrows and letters. Ctrl+S stays its own.

export function keepKeys(root) {
  root.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey || event.altKey)) event.stopPropagation();
  });
}

// JupyterLab takes arrow keys for its cells; the attribute asks it not to, on what has the focus.
export function keepsKeys(node) {
  node.dataset.lmSuppressShortcuts = "true";
  return node;
}

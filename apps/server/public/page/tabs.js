/**
 * Tabs as ARIA's authoring practices describe them: one tab stop, arrow keys move and select. The chosen one is
 * in the address, so that a reload keeps it.
 *
 * @param {HTMLElement} list element with `role="tablist"`
 */
export function startTabs(list) {
  const tabs = [...list.querySelectorAll('button')];

  /** @param {HTMLButtonElement} chosen */
  const select = (chosen) => {
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.ariaSelected = String(isChosen);
      tab.tabIndex = isChosen ? 0 : -1;
      const panel = document.getElementById(panelOf(tab));
      if (panel !== null) panel.hidden = !isChosen;
    }
    history.replaceState(null, '', `#${panelOf(chosen)}`);
  };

  for (const tab of tabs) tab.addEventListener('click', () => select(tab));
  list.addEventListener('keydown', (event) => {
    const next = tabs[nextIndex(event.key, tabs.findIndex(isSelected), tabs.length)];
    if (next === undefined) return;
    event.preventDefault();
    select(next);
    next.focus();
  });
  const fromAddress = () => tabs.find((tab) => `#${panelOf(tab)}` === location.hash);
  window.addEventListener('hashchange', () => {
    const tab = fromAddress();
    if (tab !== undefined) select(tab);
  });
  const first = fromAddress();
  if (first !== undefined) select(first);
}

/** @param {HTMLButtonElement} tab */
function panelOf(tab) {
  return tab.getAttribute('aria-controls') ?? '';
}

/** @param {HTMLButtonElement} tab */
function isSelected(tab) {
  return tab.ariaSelected === 'true';
}

/**
 * @param {string} key
 * @param {number} index
 * @param {number} count
 */
function nextIndex(key, index, count) {
  switch (key) {
    case 'ArrowRight':
      return (index + 1) % count;
    case 'ArrowLeft':
      return (index - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return -1;
  }
}

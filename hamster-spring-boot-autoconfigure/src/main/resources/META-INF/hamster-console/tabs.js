// Tabs by mouse and by arrow keys. The address keeps the one that is open.

export function startTabs(onChange) {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const panelOf = tab => document.getElementById(tab.getAttribute("aria-controls"));
  const nameOf = tab => tab.id.replace("tab-", "");

  function select(tab) {
    for (const each of tabs) {
      const isIt = each === tab;
      each.setAttribute("aria-selected", String(isIt));
      each.tabIndex = isIt ? 0 : -1;
      panelOf(each).hidden = !isIt;
    }
    history.replaceState(null, "", `#${nameOf(tab)}`);
    tab.scrollIntoView({block: "nearest", inline: "nearest"});
    onChange(nameOf(tab));
  }

  const moves = {
    ArrowRight: index => (index + 1) % tabs.length,
    ArrowLeft: index => (index - 1 + tabs.length) % tabs.length,
    Home: () => 0,
    End: () => tabs.length - 1
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", event => {
      const move = moves[event.key];
      if (move) {
        event.preventDefault();
        const target = tabs[move(index)];
        select(target);
        target.focus();
      }
    });
  });

  const open = name => select(tabs.find(tab => nameOf(tab) === name) ?? tabs[0]);
  open(location.hash.slice(1));
  return open;
}

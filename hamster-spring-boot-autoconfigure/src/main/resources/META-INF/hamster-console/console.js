// Starts the page: asks the server where the endpoints are, then keeps the panels up to date.

import {send, url} from "./api.js";
import {CachesPanel} from "./caches.js";
import {ClusterPanel} from "./cluster.js";
import {h, show, text} from "./dom.js";
import {duration} from "./format.js";
import {History} from "./history.js";
import {LOCKS_QUERY, LocksPanel} from "./locks.js";
import {Overview} from "./overview.js";
import {Poller} from "./poller.js";
import {RING_QUERY, RingPanel} from "./ring.js";
import {startTabs} from "./tabs.js";
import {startTheme} from "./theme.js";

const QUERIES = {hamsterring: RING_QUERY, hamsterlocks: LOCKS_QUERY, hamstercaches: {}, hamstercluster: {}};
const ENDPOINT_OF = {ring: "hamsterring", locks: "hamsterlocks", caches: "hamstercaches", cluster: "hamstercluster"};

const element = id => document.getElementById(id);

startTheme(element("theme"));
start();

async function start() {
  const answer = await send(url("/hamster/settings.json"));
  if (answer.kind !== "ok") {
    text(element("freshness"), "Not started");
    const notice = element("page-notice");
    notice.replaceChildren(h("p", {}, h("strong", {}, answer.message), ". "),
      h("p", {}, h("button", {type: "button", onclick: () => location.reload()},
        answer.kind === "signed-out" ? "Sign in" : "Try again")));
    show(notice, true);
    return;
  }
  run(answer.data);
}

function run(settings) {
  if (settings.application) {
    text(element("application"), settings.application);
    document.title = `${settings.application} · Hamster console`;
  }
  if (settings.endpoints.hamster) {
    showVersion(settings.endpoints.hamster.path);
  }
  const history = new History();
  let panels = {};
  let open = "overview";
  const shownIds = () => open === "overview" ? Object.keys(QUERIES) : [ENDPOINT_OF[open]];
  const poller = new Poller(settings, QUERIES, id => {
    const source = poller.source(id);
    if (id === "hamstercaches" && source.state === "ok") {
      history.add(source.data.caches, source.at);
    }
    if (shownIds().includes(id)) {
      panels[open].update(source);
    }
    tick();
  });
  let select = () => {};
  const overview = new Overview(element("panel-overview"), history, name => {
    select(name);
    element(`tab-${name}`).focus();
  });
  panels = {
    overview,
    ring: new RingPanel(element("panel-ring"), settings, poller),
    locks: new LocksPanel(element("panel-locks"), settings, poller),
    caches: new CachesPanel(element("panel-caches"), settings, poller, history),
    cluster: new ClusterPanel(element("panel-cluster"), settings, poller)
  };

  select = startTabs(name => {
    open = name;
    shownIds().forEach(id => panels[open].update(poller.source(id)));
    // Caches too, or their history would have gaps.
    poller.want(new Set([...shownIds(), "hamstercaches"]));
    tick();
  });

  function tick() {
    const sources = shownIds().map(id => poller.source(id));
    sources.forEach(source => panels[open].tick(source));
    showFreshness(sources, poller.isPaused);
  }

  element("pause").addEventListener("click", () => {
    poller.pause(!poller.isPaused);
    text(element("pause"), poller.isPaused ? "Resume" : "Pause");
    tick();
  });
  element("refresh").addEventListener("click", () => poller.refresh());
  setInterval(() => document.hidden || tick(), 1000);
}

/** Only the overview's endpoint knows it, and it doesn't change. */
async function showVersion(path) {
  const answer = await send(url(path));
  if (answer.kind === "ok" && answer.data.version) {
    text(element("version"), answer.data.version);
  }
}

function showFreshness(sources, isPaused) {
  const asked = sources.filter(source => source.state !== "absent");
  const failing = asked.some(source => source.state !== "ok" && source.state !== "loading");
  const oldest = Math.min(...asked.map(source => source.at).filter(at => at > 0));
  const age = (Date.now() - oldest) / 1000;
  const state = asked.length === 0 ? "off" : isPaused ? "paused" : failing ? "bad" : "live";
  element("pulse").className = `pulse is-${state}`;
  const said = {off: "Nothing to ask", paused: "Paused", bad: "Trouble", live: "Live"}[state];
  text(element("freshness"), Number.isFinite(age) ? `${said} · answered ${duration(age)} ago` : said);
}

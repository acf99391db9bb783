// How values are written. The page is in English, and so are its numbers.

const NUMBER = new Intl.NumberFormat("en-GB", {maximumFractionDigits: 0});
const COMPACT = new Intl.NumberFormat("en-GB", {notation: "compact", maximumFractionDigits: 1});
const DECIMAL = new Intl.NumberFormat("en-GB", {minimumFractionDigits: 2, maximumFractionDigits: 2});
const TIME = new Intl.DateTimeFormat("en-GB", {hour: "2-digit", minute: "2-digit", second: "2-digit"});
const DAY = new Intl.DateTimeFormat("en-GB", {day: "numeric", month: "short"});

export function number(value) {
  return Number.isFinite(value) ? (Math.abs(value) >= 100_000 ? COMPACT : NUMBER).format(value) : "–";
}

export function decimal(value) {
  return Number.isFinite(value) ? DECIMAL.format(value) : "–";
}

export function percent(ratio, digits = 1) {
  if (!Number.isFinite(ratio)) {
    return "–";
  }
  // 99.96 % isn't 100 %.
  const scale = 100 * 10 ** digits;
  const rounded = ratio < 1 && ratio > 0.5 ? Math.floor(ratio * scale) / scale : ratio;
  return `${(rounded * 100).toFixed(digits).replace(/\.0+$/, "")} %`;
}

export function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** Seconds of what Java writes as PT1H2M3.5S, or as a number of seconds. */
export function seconds(duration) {
  if (typeof duration === "number") {
    return duration;
  }
  const parts = /^(-)?P(?:(\d+)D)?T?(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?[\d.]+)S)?$/.exec(duration ?? "");
  if (!parts) {
    return NaN;
  }
  const [, sign, days = 0, hours = 0, minutes = 0, rest = 0] = parts;
  const total = Number(days) * 86400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
  return sign ? -total : total;
}

/** The two largest units: 2 h 5 min. */
export function duration(total) {
  if (!Number.isFinite(total)) {
    return "–";
  }
  const whole = Math.max(0, Math.floor(total));
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return units(Math.floor(whole / 60), "min", whole % 60, "s");
  }
  if (whole < 86400) {
    return units(Math.floor(whole / 3600), "h", Math.floor(whole % 3600 / 60), "min");
  }
  return units(Math.floor(whole / 86400), "d", Math.floor(whole % 86400 / 3600), "h");
}

function units(large, largeUnit, small, smallUnit) {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

export function bytes(value) {
  if (!Number.isFinite(value)) {
    return "–";
  }
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(unit > 0 && value < 10 ? 1 : 0)} ${units[unit]}`;
}

export function time(instant) {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) {
    return "–";
  }
  return at.toDateString() === new Date().toDateString() ? TIME.format(at) : `${DAY.format(at)}, ${TIME.format(at)}`;
}
